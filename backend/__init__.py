"""The server of Suifang."""

import os

# Before anything imports pypinyin: its table of phrases costs half a second and 56 MB a process,
# and would make a name's pinyin depend on the words that its characters happen to spell.
os.environ["PYPINYIN_NO_PHRASES"] = "true"
