"""What LaTeX names look like: letters, operators, delimiters, accents."""

LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "varkappa": "ϰ", "lambda": "λ",
    "mu": "μ", "nu": "ν", "xi": "ξ", "omicron": "ο", "pi": "π", "varpi": "ϖ", "rho": "ρ", "varrho": "ϱ",
    "sigma": "σ", "varsigma": "ς", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "partial": "∂", "ell": "ℓ", "hbar": "ℏ", "imath": "ı", "jmath": "ȷ",
    "varGamma": "Γ", "varDelta": "Δ", "varTheta": "Θ", "varLambda": "Λ", "varXi": "Ξ", "varPi": "Π", "varSigma": "Σ",
    "varUpsilon": "Υ", "varPhi": "Φ", "varPsi": "Ψ", "varOmega": "Ω", "digamma": "ϝ",
}  # fmt: skip
"""Letters set in italics."""

UPRIGHT = {
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "nabla": "∇", "infty": "∞", "forall": "∀", "exists": "∃", "neg": "¬",
    "emptyset": "∅", "varnothing": "∅", "top": "⊤", "bot": "⊥", "perp": "⊥", "Re": "ℜ", "Im": "ℑ", "wp": "℘",
    "aleph": "ℵ", "dots": "…", "ldots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱", "dotsc": "…", "dotsb": "⋯",
    "angle": "∠", "degree": "°", "star": "⋆", "prime": "′", "dotsm": "⋯", "dotsi": "⋯", "dotso": "…", "iddots": "⋰",
    "nexists": "∄", "lnot": "¬", "intercal": "⊺", "square": "□", "blacksquare": "■", "Box": "□", "qed": "∎",
    "checkmark": "✓", "dagger": "†", "ddagger": "‡", "therefore": "∴", "because": "∵", "triangle": "△",
    "blacktriangle": "▲", "Diamond": "◇", "bigstar": "★", "complement": "∁", "mho": "℧", "Bbbk": "𝕜", "eth": "ð",
    "lozenge": "◊", "clubsuit": "♣", "diamondsuit": "♢", "heartsuit": "♡", "spadesuit": "♠", "sharp": "♯",
    "flat": "♭", "natural": "♮", "surd": "√", "S": "§", "P": "¶", "%": "%", "#": "#", "$": "$", "&": "&", "_": "_",
}  # fmt: skip
"""Symbols set upright."""

SIGNS = {
    "-": "−", "*": "∗", r"\cdot": "⋅", r"\times": "×", r"\pm": "±", r"\mp": "∓", r"\odot": "⊙", r"\otimes": "⊗",
    r"\oplus": "⊕", r"\ominus": "⊖", r"\circ": "∘", r"\div": "÷", r"\cap": "∩", r"\cup": "∪", r"\wedge": "∧",
    r"\vee": "∨", r"\setminus": "\\", r"\bullet": "∙", r"\boxplus": "⊞", r"\boxtimes": "⊠", r"\oslash": "⊘",
    r"\sqcup": "⊔", r"\sqcap": "⊓", r"\uplus": "⊎", r"\circledast": "⊛", r"\diamond": "⋄", r"\bmod": "mod",
    r"\pmod": "mod",
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
    r"\lt": "<", r"\gt": ">", r"\parallel": "∥", "=:": "≕", r"\eqqcolon": "≕", r"\impliedby": "⟸",
    r"\Longleftrightarrow": "⟺", r"\longleftrightarrow": "⟷", r"\Longleftarrow": "⟸", r"\longleftarrow": "⟵",
    r"\leadsto": "⇝", r"\lesssim": "≲", r"\gtrsim": "≳", r"\leqq": "≦", r"\geqq": "≧", r"\nleq": "≰",
    r"\ngeq": "≱", r"\nless": "≮", r"\ngtr": "≯", r"\subsetneq": "⊊", r"\supsetneq": "⊋", r"\nsubseteq": "⊈",
    r"\nmid": "∤", r"\uparrow": "↑", r"\downarrow": "↓", r"\nearrow": "↗", r"\searrow": "↘",
    r"\hookrightarrow": "↪", r"\rightharpoonup": "⇀", r"\rightleftharpoons": "⇌", r"\leftrightharpoons": "⇋",
    r"\twoheadrightarrow": "↠", r"\Uparrow": "⇑", r"\Downarrow": "⇓", r"\updownarrow": "↕", r"\circeq": "≗",
    r"\thickapprox": "≈", r"\thicksim": "∼", r"\dashrightarrow": "⇢", r"\varpropto": "∝", r"\bowtie": "⋈",
    r"\xrightarrow": "→", r"\xleftarrow": "←", r"\xRightarrow": "⇒", r"\xLeftarrow": "⇐",
    r"\xleftrightarrow": "↔", r"\xmapsto": "↦", r"\xlongequal": "=",
}  # fmt: skip

DELIMITERS = {
    r"\{": "{", r"\}": "}", r"\lbrace": "{", r"\rbrace": "}", r"\langle": "⟨", r"\rangle": "⟩", r"\lfloor": "⌊",
    r"\rfloor": "⌋", r"\lceil": "⌈", r"\rceil": "⌉", r"\lvert": "|", r"\rvert": "|", r"\vert": "|", r"\mid": "|",
    r"\parallel": "∥", r"\llbracket": "⟦", r"\rrbracket": "⟧", r"\lparen": "(", r"\rparen": ")", r"\lang": "⟨",
    r"\rang": "⟩", r"\ulcorner": "⌜", r"\urcorner": "⌝", r"\lVert": "‖", r"\rVert": "‖", r"\Vert": "‖", r"\|": "‖", "||": "‖", r"\lbrack": "[", r"\rbrack": "]", ".": "",
}  # fmt: skip

LARGE = {
    r"\sum": "∑", r"\prod": "∏", r"\coprod": "∐", r"\int": "∫", r"\iint": "∬", r"\iiint": "∭", r"\oint": "∮",
    r"\bigcup": "⋃", r"\bigcap": "⋂", r"\bigoplus": "⨁", r"\bigotimes": "⨂", r"\bigodot": "⨀", r"\bigvee": "⋁",
    r"\bigwedge": "⋀", r"\bigsqcup": "⨆", r"\iiiint": "⨌", r"\oiint": "∯",
}  # fmt: skip
WORDY = {r"\argmax": "arg max", r"\argmin": "arg min", r"\limsup": "lim sup", r"\liminf": "lim inf"}
LIMITS = frozenset(
    [r"\lim", r"\max", r"\min", r"\sup", r"\inf", *WORDY, *(name for name in LARGE if "int" not in name)]
)
"""Operators with their scripts above and below in displays."""

ACCENTS = {
    r"\hat": "ˆ", r"\widehat": "\u0302", r"\bar": "¯", r"\tilde": "˜", r"\widetilde": "~", r"\vec": "→",
    r"\overrightarrow": "→", r"\dot": "˙", r"\ddot": "¨", r"\dddot": "⃛", r"\check": "ˇ", r"\breve": "˘",
    r"\acute": "´", r"\grave": "`", r"\mathring": "˚", r"\overleftarrow": "←", r"\widecheck": "ˇ", r"\underrightarrow": "→",
}  # fmt: skip
STRETCHED = frozenset(
    [r"\widehat", r"\widetilde", r"\overrightarrow", r"\overleftarrow", r"\underrightarrow"]
)
NOTE_BRACES = {r"\underbrace": "⏟", r"\overbrace": "⏞"}
FRAMES = {
    r"\boxed": "boxed",
    r"\bbox": "boxed",
    r"\cancel": "cancel",
    r"\bcancel": "cancel",
    r"\xcancel": "cancel",
    r"\sout": "cancel",
}
"""Annotations by their class in the style sheet."""
FRAMED = frozenset(name for name, drawn in FRAMES.items() if drawn == "boxed")
LINES = {r"\overline": "over", r"\underline": "under"}
"""Accents that are rules as wide as what they mark, by their class in the style sheet."""
