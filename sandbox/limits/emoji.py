"""Which texts are an emoji: the characters that Unicode 15 calls emoji, alone or joined to sequences."""

import re

# The blocks above U+1F000 are taken whole; below, only what is an emoji and no other symbol.
_BASE = (
    "©®‼⁉™ℹ↔-↙↩↪⌚⌛⌨⏏⏩-⏳⏸-⏺Ⓜ▪▫▶◀◻-◾☀-☄☎☑☔☕☘☝☠☢☣☦☪☮☯☸-☺"  # noqa: RUF001 - they are meant
    "♀♂♈-♓♟♠♣♥♦♨♻♾♿⚒-⚗⚙⚛⚜⚠⚡⚧⚪⚫⚰⚱⚽⚾⛄⛅⛈⛎⛏⛑⛓⛔⛩⛪⛰-⛵⛷-⛺⛽"
    "✂✅✈-✍✏✒✔✖✝✡✨✳✴❄❇❌❎❓-❕❗❣❤➕-➗➡➰➿⤴⤵⬅-⬇⬛⬜⭐⭕〰〽㊗㊙"  # noqa: RUF001 - they are meant
    "\U0001f000-\U0001faff"
)
_ONE = f"(?:[{_BASE}]|[0-9#*]\ufe0f?\u20e3)[\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
_EMOJI = re.compile(f"(?:{_ONE})(?:\u200d{_ONE})*|[\U0001f1e6-\U0001f1ff]{{2}}")


def is_emoji(text: str) -> bool:
    """Whether `text` is one emoji and nothing else."""
    return _EMOJI.fullmatch(text) is not None
