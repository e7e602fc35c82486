"""Many traits: every pair of them, in parts that can be made anywhere and in any order."""
