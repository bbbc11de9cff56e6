// Slack's blocks as a page, drawn by slack-blocks-to-jsx, which nobody here wrote: local-slack's own page cannot draw rich text.
// In: a JSON list of [name, blocks]. Out: HTML with a section for each. Run with NODE_PATH naming the folder it is installed in.
const React = require("react");
const { renderToStaticMarkup } = require("react-dom/server");
const fs = require("fs");
const path = require("path");
const { Message } = require("slack-blocks-to-jsx");

const css = fs.readFileSync(path.join(path.dirname(require.resolve("slack-blocks-to-jsx")), "style.css"), "utf8");
const section = ([name, blocks]) => {
  const message = React.createElement(Message, { blocks, logo: "data:,", name: "Escher", time: new Date(0), theme: "light" });
  return `<section id="${name}">${renderToStaticMarkup(message)}</section>`;
};
const cards = JSON.parse(fs.readFileSync(0, "utf8"));
process.stdout.write(
  `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>${css}
   body { margin: 12px; font-family: sans-serif } section { border-bottom: 1px solid #ddd; padding: 8px 0 }</style>` + cards.map(section).join("")
);
