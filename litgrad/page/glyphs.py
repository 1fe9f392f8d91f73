"""What LaTeX names look like: letters, operators, delimiters, accents, alphabets."""

LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "varkappa": "ϰ", "lambda": "λ",
    "mu": "μ", "nu": "ν", "xi": "ξ", "omicron": "ο", "pi": "π", "varpi": "ϖ", "rho": "ρ", "varrho": "ϱ",
    "sigma": "σ", "varsigma": "ς", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "partial": "∂", "ell": "ℓ", "hbar": "ℏ", "imath": "ı", "jmath": "ȷ",
}  # fmt: skip
"""Letters set in italics."""

UPRIGHT = {
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "nabla": "∇", "infty": "∞", "forall": "∀", "exists": "∃", "neg": "¬",
    "emptyset": "∅", "varnothing": "∅", "top": "⊤", "bot": "⊥", "perp": "⊥", "Re": "ℜ", "Im": "ℑ", "wp": "℘",
    "aleph": "ℵ", "dots": "…", "ldots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱", "dotsc": "…", "dotsb": "⋯",
    "angle": "∠", "degree": "°", "star": "⋆", "prime": "′",
}  # fmt: skip
"""Symbols set upright."""

SIGNS = {
    "-": "−", "*": "∗", r"\cdot": "⋅", r"\times": "×", r"\pm": "±", r"\mp": "∓", r"\odot": "⊙", r"\otimes": "⊗",
    r"\oplus": "⊕", r"\ominus": "⊖", r"\circ": "∘", r"\div": "÷", r"\cap": "∩", r"\cup": "∪", r"\wedge": "∧",
    r"\vee": "∨", r"\setminus": "∖", r"\bullet": "∙",
}  # fmt: skip
"""Operators between operands."""

RELATIONS = {
    r"\le": "≤", r"\leq": "≤", r"\leqslant": "⩽", r"\ge": "≥", r"\geq": "≥", r"\geqslant": "⩾", r"\ne": "≠",
    r"\neq": "≠", r"\approx": "≈", r"\approxeq": "≊", r"\equiv": "≡", r"\sim": "∼", r"\simeq": "≃", r"\cong": "≅",
    r"\propto": "∝", r"\in": "∈", r"\notin": "∉", r"\ni": "∋", r"\subset": "⊂", r"\subseteq": "⊆",
    r"\supset": "⊃", r"\supseteq": "⊇", r"\to": "→", r"\rightarrow": "→", r"\leftarrow": "←", r"\gets": "←",
    r"\longrightarrow": "⟶", r"\leftrightarrow": "↔", r"\mapsto": "↦", r"\longmapsto": "⟼", r"\Rightarrow": "⇒",
    r"\Longrightarrow": "⟹", r"\Leftarrow": "⇐", r"\Leftrightarrow": "⇔", r"\implies": "⟹", r"\iff": "⟺",
    r"\ll": "≪", r"\gg": "≫", r"\triangleq": "≜", r"\doteq": "≐", r"\coloneqq": "≔", ":=": "≔", r"\asymp": "≍",
    r"\prec": "≺", r"\succ": "≻", r"\preceq": "⪯", r"\succeq": "⪰", r"\vdash": "⊢", r"\models": "⊨",
    r"\lt": "<", r"\gt": ">", r"\parallel": "∥",
}  # fmt: skip

DELIMITERS = {
    r"\{": "{", r"\}": "}", r"\lbrace": "{", r"\rbrace": "}", r"\langle": "⟨", r"\rangle": "⟩", r"\lfloor": "⌊",
    r"\rfloor": "⌋", r"\lceil": "⌈", r"\rceil": "⌉", r"\lvert": "|", r"\rvert": "|", r"\vert": "|", r"\mid": "|",
    r"\lVert": "‖", r"\rVert": "‖", r"\Vert": "‖", r"\|": "‖", "||": "‖", r"\lbrack": "[", r"\rbrack": "]", ".": "",
}  # fmt: skip

LARGE = {
    r"\sum": "∑", r"\prod": "∏", r"\coprod": "∐", r"\int": "∫", r"\iint": "∬", r"\iiint": "∭", r"\oint": "∮",
    r"\bigcup": "⋃", r"\bigcap": "⋂", r"\bigoplus": "⨁", r"\bigotimes": "⨂", r"\bigodot": "⨀", r"\bigvee": "⋁",
    r"\bigwedge": "⋀",
}  # fmt: skip
WORDY = {r"\argmax": "arg max", r"\argmin": "arg min", r"\limsup": "lim sup", r"\liminf": "lim inf"}
LIMITS = frozenset([r"\lim", r"\max", r"\min", r"\sup", r"\inf", *WORDY, *(set(LARGE) - {r"\int", r"\oint"})])
"""Operators with their scripts above and below in displays."""

ACCENTS = {
    r"\hat": "ˆ", r"\widehat": "ˆ", r"\bar": "¯", r"\overline": "¯", r"\tilde": "˜", r"\widetilde": "˜", r"\vec": "→",
    r"\overrightarrow": "→", r"\dot": "˙", r"\ddot": "¨", r"\dddot": "⃛", r"\check": "ˇ", r"\breve": "˘",
    r"\acute": "´", r"\grave": "`", r"\mathring": "˚", r"\underline": "_",
}  # fmt: skip
STRETCHED = frozenset([r"\widehat", r"\overline", r"\widetilde", r"\overrightarrow", r"\underline"])

_ALPHABETS = {
    r"\mathbf": (0x1D400, 0x1D41A, 0x1D7CE), r"\bf": (0x1D400, 0x1D41A, 0x1D7CE), r"\boldsymbol": (0x1D468, 0x1D482, 0x1D7CE),
    r"\bm": (0x1D468, 0x1D482, 0x1D7CE), r"\pmb": (0x1D468, 0x1D482, 0x1D7CE), r"\mathcal": (0x1D49C, 0x1D4B6, 0),
    r"\cal": (0x1D49C, 0x1D4B6, 0), r"\mathscr": (0x1D49C, 0x1D4B6, 0), r"\mathfrak": (0x1D504, 0x1D51E, 0),
    r"\mathbb": (0x1D538, 0x1D552, 0x1D7D8), r"\mathsf": (0x1D5A0, 0x1D5BA, 0x1D7E2), r"\mathtt": (0x1D670, 0x1D68A, 0x1D7F6),
}  # fmt: skip
_HOLES = {
    0x1D49D: "ℬ", 0x1D4A0: "ℰ", 0x1D4A1: "ℱ", 0x1D4A3: "ℋ", 0x1D4A4: "ℐ", 0x1D4A7: "ℒ", 0x1D4A8: "ℳ", 0x1D4AD: "ℛ",
    0x1D4BA: "ℯ", 0x1D4BC: "ℊ", 0x1D4C4: "ℴ", 0x1D506: "ℭ", 0x1D50B: "ℌ", 0x1D50C: "ℑ", 0x1D515: "ℜ", 0x1D51D: "ℨ",
    0x1D53A: "ℂ", 0x1D53F: "ℍ", 0x1D545: "ℕ", 0x1D547: "ℙ", 0x1D548: "ℚ", 0x1D549: "ℝ", 0x1D551: "ℤ",
}  # fmt: skip
"""Places of the mathematical alphabets that Unicode fills elsewhere."""


def styled(style: str, text: str) -> str:
    """Text in a mathematical alphabet.

    >>> styled(r"\\mathbb", "R"), styled(r"\\mathbf", "x")
    ('ℝ', '𝐱')
    """
    bases = _ALPHABETS.get(style)
    return "".join(_styled(character, bases) for character in text) if bases else text


def _styled(character: str, bases: tuple[int, int, int]) -> str:
    upper, lower, digit = bases
    if "A" <= character <= "Z":
        place = upper + ord(character) - ord("A")
    elif "a" <= character <= "z":
        place = lower + ord(character) - ord("a")
    elif character.isdigit() and character.isascii() and digit:
        place = digit + ord(character) - ord("0")
    else:
        return character
    return _HOLES.get(place, chr(place))
