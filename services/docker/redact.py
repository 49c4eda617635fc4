"""Takes out of what others wrote what may be a secret, before a person or a file gets to see it.

Engines quote what they were given: an image's address with its password, a mount option, a log driver's token. Programs
write into their logs whatever they like. The rule is to lose a harmless word rather than to show a secret one; a log
line should stay readable all the same, so there a name, a path and a version stay.

Every pattern takes a time that grows with the text alone: repetitions are bounded, or begin where nothing else can.
"""

from __future__ import annotations

import re

HIDDEN = "[hidden]"
LONGEST = 300

_ANY_USERINFO = re.compile(r"(?<=://)[^/\s@]*@")
_USERINFO = re.compile(r"""(?<=://)(?:[^\s/@:"']{0,256}:[^\s"']{0,512}|[^\s/"'<>]{1,512})@""")
_BEARER = re.compile(r"\b(bearer|basic)\s+\S+", re.IGNORECASE)
_NAMED = re.compile(
    r"""(?P<name>(?:(?:pass|pwd|secret|token|credential)[\w.-]*|auth|authorization|key|cookie|session|signature)
                 ["']?\s*[:=]\s*)
        (?P<value>"[^"]*"?|'[^']*'?|\S+)""",
    re.IGNORECASE | re.VERBOSE,
)
_ID = re.compile(r"\b(?:sha256:)?([0-9a-f]{12})[0-9a-f]{52}\b")
# A word long and mixed enough to be a key: nothing a person would write. Paths and names keep their separators.
_RANDOM = re.compile(r"(?<![\w+=-])(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[\w+=-]{24,}")
# Three parts with dots: bots' tokens, web tokens.
_SIGNED = re.compile(r"(?<![\w-])[\w-]{16,}\.[\w-]{5,}\.[\w-]{16,}")
_TAGS = re.compile(r"<[^<>]*>")
_SPACE = re.compile(r"\s+")

_VALUE = r"""(?:\\+"[^"]*"?|"(?:[^"\\]|\\.)*"?|\\+'[^']*'?|'(?:[^'\\]|\\.)*'?|`[^`]*`?|\S+)"""
_MEANS = r"""\\*["'\]]*\s{0,8}(?:[:=]+>?|->|\bis\b)\s{0,8}"""
# A header, of which the rest of the line may be the value.
_HEADER = re.compile(
    r"""((?:authorization|(?:set-)?cookie|x-[\w-]{0,30}(?:key|token|secret|auth|signature))\\*["']?\s{0,8}[:=]\s{0,8})
        (?:\\+"[^"]*"?|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^"']+)""",
    re.IGNORECASE | re.VERBOSE,
)
_WORDS = r"""(?:
    pass(?!ed|ing|es\b|enger|ive|age)[\w.-]{0,40} | (?:secret|token|credential)[\w.-]{0,40} | pwd | otp | jwt
  | (?-i:KEY)
  | (?:api|access|private|secret|sign|signing|encrypt|encryption|master|account|licen[cs]e|client|server|shared|bot|app
       |service|consumer|session|webhook)[-_.\ ]?(?:key|auth|sig)(?:[-_]?(?:id|base64|b64|hash|data))?
  | (?<![^\W\d_])(?:key|auth|sig|pin|creds?|sid|psk|salt|nonce|seed|mnemonic|psw)
  | signature | cookie | session(?:[-_]?id)?
)"""
_SAID = re.compile(f"({_WORDS}{_MEANS}){_VALUE}", re.IGNORECASE | re.VERBOSE)
# `--password hunter2`, `requirepass hunter2`, `IDENTIFIED BY 'hunter2'`, `password "hunter2"`.
_GIVEN = re.compile(
    rf"""(--?(?:[\w]{{1,20}}-){{0,4}}(?:password|passwd|passphrase|pass|pwd|token|secret|key)\s{{1,8}}
        |\b(?:requirepass|masterauth|identified\s{{1,8}}by|_authToken)\s{{1,8}}
        |(?:password|passwd|passphrase|secret|token)\s{{1,8}}(?=["'`])){_VALUE}""",
    re.IGNORECASE | re.VERBOSE,
)
# As MySQL says it: a temporary password is generated for root@localhost, a colon, the password.
_TOLD = re.compile(
    rf"((?:password|passphrase|passcode|secret|api key|token)\b[^:=\n]{{0,80}}[:=]\s{{1,8}}){_VALUE}", re.IGNORECASE
)
_BASIC = re.compile(r"\b(bearer|basic|digest|negotiate)(\s{1,8})[\w+/=.~-]{6,}", re.IGNORECASE)
_WEBHOOK = re.compile(r"((?:webhooks?|hooks\.slack\.com/services|hooks)/)[\w%./~-]{8,}", re.IGNORECASE)
_PREFIXED = re.compile(
    r"""(?<![A-Za-z0-9])(?:
        (?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ABIA|ACCA)[A-Z0-9]{12,}
      | gh[pousr]_\w{16,} | github_pat_\w{16,} | gl(?:pat|ptt|dt|rt)-[\w-]{14,} | xox[a-z]-[\w-]{8,} | xapp-[\w-]{8,}
      | [spr]k_(?:live|test)_\w{8,} | whsec_\w{8,} | sk-[\w-]{16,} | AIza[\w-]{30,} | ya29\.[\w-]{16,} | npm_\w{20,}
      | pypi-[\w-]{16,} | dckr_[a-z]{3}_[\w-]{16,} | SG\.[\w-]{8,}\.[\w-]{8,} | hvs\.[\w-]{16,} | mfa\.[\w-]{20,}
      | tskey-[\w-]{8,} | (?:bot)?\d{8,10}:[\w-]{30,} | eyJ[\w-]{5,}(?:\.[\w-]*){0,4}
    )""",
    re.VERBOSE,
)
_WORD = re.compile(r"(?<![\w+-])[\w+-]{20,}={0,2}", re.ASCII)
_BASE64 = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/]{20,}={0,2}(?![\w+/=-])", re.ASCII)
_AWS_SECRET = 40
_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])|(?<=[A-Z]{2})(?=[a-z])")
_HEX = re.compile(r"[0-9a-fA-F]{32,}")
_LONG = re.compile(r"[\w+/-]{16,}")
_NAMES = re.compile(
    "pass|pwd|secret|token|credential|otp|jwt|key|auth|sig|pin|cred|sid|psk|salt|nonce|seed|mnemonic|psw|cookie|session"
    "|identified"
)
_MAKES = re.compile(
    "akia|asia|aroa|aida|agpa|anpa|abia|acca|gh|gl|xox|xapp|k_|sk-|whsec|aiza|ya29|npm_|pypi|dckr|sg|hvs|mfa|eyj|[0-9]:"
)

# Without a match of the first, in the case-folded line, the second can't find anything: most lines cost little so.
_RULES: tuple[tuple[re.Pattern[str], re.Pattern[str], str], ...] = (
    (re.compile("://"), _USERINFO, f"{HIDDEN}@"),
    (re.compile("authorization|cookie|x-"), _HEADER, rf"\1{HIDDEN}"),
    (re.compile("hook"), _WEBHOOK, rf"\1{HIDDEN}"),
    (re.compile("bearer|basic|digest|negotiate"), _BASIC, rf"\1\2{HIDDEN}"),
    (_NAMES, _GIVEN, rf"\1{HIDDEN}"),
    (_NAMES, _SAID, rf"\1{HIDDEN}"),
    (_NAMES, _TOLD, rf"\1{HIDDEN}"),
    (_MAKES, _PREFIXED, HIDDEN),
)


def redact(message: str) -> str:
    """Make an engine's message fit to be shown: one line, no secrets, at most 300 characters.

    Container and image ids are shortened to twelve signs, HTML tags (a proxy's error page) go, values of anything
    called password, token, key and the like become "[hidden]", as do user names in addresses and long random words.

    Args:
        message: Any text; only its first 4,000 characters are looked at.
    """
    text = _SPACE.sub(" ", _TAGS.sub(" ", message[:4000])).strip()
    text = _ANY_USERINFO.sub(f"{HIDDEN}@", text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _NAMED.sub(rf"\g<name>{HIDDEN}", text)
    text = _ID.sub(r"\1", text)
    text = _RANDOM.sub(HIDDEN, _SIGNED.sub(HIDDEN, text))
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def redact_line(line: str) -> str:
    """Take the secrets out of one line of a program's log: each becomes "[hidden]".

    Those are: user and password in addresses, values of what is called password, token, key and the like, however it
    is quoted, authorization and cookie headers, webhooks' addresses, keys and tokens of known make (AWS, Discord,
    GitHub, Slack, Stripe, web tokens …) and long random words. Ids of containers and images are shortened to twelve
    signs. Blocks over several lines are the matter of `services.docker.logs.tidy`.

    Args:
        line: Without control characters. Its length is the caller's to bound: a character costs up to 3 µs.
    """
    folded = line.casefold()
    text = line
    for hint, rule, instead in _RULES:
        if hint.search(folded):
            text = rule.sub(instead, text)
    if _LONG.search(text):
        text = _ID.sub(r"\1", _SIGNED.sub(HIDDEN, text))
        text = _WORD.sub(_judged_word, _BASE64.sub(_judged_base64, text))
    return text


def _judged_base64(found: re.Match[str]) -> str:
    # A path may look like base64; but one of just the length of an AWS secret key is rather taken for that.
    return HIDDEN if mixed(found[0], 5 if len(found[0]) == _AWS_SECRET else 3) else found[0]


def _judged_word(found: re.Match[str]) -> str:
    return HIDDEN if mixed(found[0], 5) else found[0]


def mixed(word: str, share: int) -> bool:
    """Tell whether nobody thought a word up: it changes so often between small and capital letters and digits.

    Args:
        word: Without blanks.
        share: At least one sign in so many differs in kind from the one before. A long hexadecimal number always does.
    """
    return bool(_HEX.search(word)) or len(_CHANGE.findall(word)) * share >= len(word)
