"""What the screens show, kept up to date: one board a list in use, made anew after each session or refresh."""

from engine.board.board import Board, Visitor
from engine.board.boards import Boards
from engine.board.sight import Sight
from engine.board.standing import first

__all__ = ["Board", "Boards", "Sight", "Visitor", "first"]
