"""What the screens show, kept up to date: one board a list in use, made anew after each session or refresh."""

from engine.board.board import Board
from engine.board.boards import Boards
from engine.board.naming import Naming
from engine.board.sight import Sight
from engine.board.standing import first
from engine.board.state import EngineState
from engine.board.visitors import Visitor

__all__ = ["Board", "Boards", "EngineState", "Naming", "Sight", "Visitor", "first"]
