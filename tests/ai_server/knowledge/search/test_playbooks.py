from ai_server.knowledge.loading import load_playbooks
from ai_server.knowledge.search.playbooks import PlaybookIndex, find_playbooks

BOOKS = load_playbooks()


def test_each_playbook_is_found_by_its_own_title():
    index = PlaybookIndex(BOOKS)
    missed = [book.id for book in BOOKS if book not in [found for found, _ in index.find(f"{book.title} {book.cloud}", 5)]]
    assert len(missed) <= len(BOOKS) // 50, missed


def test_what_people_ask_finds_it():
    found = find_playbooks("stop an EC2 instance", BOOKS, 5)
    assert any(book.cloud == "aws" and book.action == "stop" for book, _ in found)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert find_playbooks("xyzzy", BOOKS) == ()
