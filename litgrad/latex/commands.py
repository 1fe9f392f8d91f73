"""The LaTeX commands that litgrad reads, one table per family."""

GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi "
    "omicron pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega "
    "varGamma varDelta varTheta varLambda varXi varPi varSigma varUpsilon varPhi varPsi varOmega".split()
)

SYMBOLS = frozenset(
    "partial nabla infty ell hbar imath jmath Re Im wp aleph emptyset varnothing forall exists neg "
    "dots ldots cdots vdots ddots dotsc dotsb top bot perp prime star angle degree".split()
)
"""Commands that stand for a letter-like symbol."""

LETTERS = GREEK | SYMBOLS

FUNCTIONS = frozenset(
    "log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth arcsinh arccosh arctanh "
    "det dim ker hom arg deg gcd Pr".split()
)
"""Named functions; what follows is their argument."""

LIMIT_OPERATORS = frozenset("lim max min sup inf limsup liminf argmax argmin".split())
LARGE_OPERATORS = frozenset(
    "sum prod int iint iiint oint coprod bigcup bigcap bigoplus bigotimes bigodot bigvee bigwedge".split()
)
OPERATORS = FUNCTIONS | LIMIT_OPERATORS | LARGE_OPERATORS

ACCENTS = frozenset(
    "hat widehat bar overline tilde widetilde vec overrightarrow dot ddot dddot check breve acute grave mathring "
    "underline".split()
)

STYLES = frozenset(
    "mathbf boldsymbol bm pmb mathcal mathbb mathfrak mathscr mathsf mathtt mathit mathnormal mathrm rm bf cal".split()
)
TEXTS = frozenset(
    "text textrm textbf textit texttt textsf textnormal mbox hbox operatorname operatornamewithlimits".split()
)
FRACTIONS = frozenset("frac dfrac tfrac cfrac binom dbinom tbinom".split())

SUM_SIGNS = {"+": "+", "-": "-", "pm": r"\pm", "mp": r"\mp", "oplus": r"\oplus", "ominus": r"\ominus"}
PRODUCT_SIGNS = {
    "*": "*", "/": "/", "cdot": r"\cdot", "times": r"\times", "div": r"\div", "ast": "*", "odot": r"\odot",
    "circ": r"\circ", "otimes": r"\otimes", "cap": r"\cap", "cup": r"\cup", "setminus": r"\setminus",
    "bullet": r"\bullet", "wedge": r"\wedge", "vee": r"\vee",
}  # fmt: skip

RELATIONS = {
    name: rf"\{name}"
    for name in (
        "le leq leqslant ge geq geqslant ne neq approx equiv sim simeq cong propto in notin ni subset subseteq "
        "supset supseteq to rightarrow leftarrow longrightarrow mapsto Rightarrow Leftarrow Leftrightarrow implies "
        "iff ll gg triangleq doteq coloneqq asymp prec succ preceq succeq vdash models gets leftrightarrow "
        "Longrightarrow longmapsto lt gt parallel approxeq"
    ).split()
} | {"=": "=", "<": "<", ">": ">", ":=": ":="}

OPENING = {
    "(": ")", "[": "]", "{": "}", "lbrace": "rbrace", "langle": "rangle", "lvert": "rvert", "lVert": "rVert",
    "lfloor": "rfloor", "lceil": "rceil", "lbrack": "rbrack",
}  # fmt: skip
"""Opening delimiters and the ones that usually close them, without backslash."""
CLOSING = frozenset(OPENING.values()) | {")", "]", "}"}
BARS = frozenset(["|", "||", "vert", "Vert", "mid", "parallel"])

SPACES = frozenset(
    ", ; : ! > quad qquad enspace enskip thinspace medspace thickspace negthinspace hfill space".split()
) | {" ", "\n", "/"}
"""Spacing commands; `\\quad` and `\\qquad` also set equations apart."""
WIDE_SPACES = frozenset(["quad", "qquad"])
IGNORED = frozenset(
    "displaystyle textstyle scriptstyle scriptscriptstyle nonumber notag limits nolimits big Big bigg Bigg bigl bigr "
    "Bigl Bigr biggl biggr Biggl Biggr bigm Bigm biggm Biggm middle hline allowbreak nobreak strut mathstrut "
    "mathopen mathclose mathrel mathbin mathord mathpunct mathinner".split()
)
WITH_IGNORED_ARGUMENT = frozenset("label phantom vphantom hphantom hspace vspace mspace kern rule".split())

ROW_ENVIRONMENTS = frozenset(
    "align align* aligned alignat alignat* alignedat split gather gather* gathered equation equation* eqnarray "
    "eqnarray* multline multline* flalign flalign* displaymath math dmath dmath*".split()
)
"""Environments whose rows are equations."""
ARRAY_ENVIRONMENTS = frozenset(
    "matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix array cases dcases rcases subarray".split()
)
"""Environments that are one value inside a formula."""
WITH_COLUMNS = frozenset("array alignat alignat* alignedat subarray".split())

KNOWN = (
    LETTERS | OPERATORS | ACCENTS | STYLES | TEXTS | FRACTIONS | SPACES | IGNORED | WITH_IGNORED_ARGUMENT | CLOSING
    | BARS | set(SUM_SIGNS) | set(PRODUCT_SIGNS) | set(RELATIONS) | set(OPENING)
    | {"sqrt", "left", "right", "begin", "end", "tag", "cr", "not"}
)  # fmt: skip
"""All command names, for `did you mean`."""

UNICODE = {
    "−": "-", "–": "-", "·": r"\cdot", "⋅": r"\cdot", "×": r"\times", "÷": r"\div", "≤": r"\le", "≥": r"\ge",
    "≠": r"\ne", "≈": r"\approx", "≡": r"\equiv", "∼": r"\sim", "∝": r"\propto", "∈": r"\in", "→": r"\to",
    "⇒": r"\Rightarrow", "∞": r"\infty", "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum", "∏": r"\prod",
    "∫": r"\int", "ℓ": r"\ell", "±": r"\pm", "⊙": r"\odot", "∘": r"\circ", "′": "'", "’": "'", "∣": "|",
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ϵ": r"\epsilon", "ε": r"\varepsilon",
    "ζ": r"\zeta", "η": r"\eta", "θ": r"\theta", "ι": r"\iota", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu",
    "ν": r"\nu", "ξ": r"\xi", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "υ": r"\upsilon",
    "ϕ": r"\phi", "φ": r"\varphi", "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega", "Γ": r"\Gamma", "Δ": r"\Delta",
    "Θ": r"\Theta", "Λ": r"\Lambda", "Ξ": r"\Xi", "Π": r"\Pi", "Σ": r"\Sigma", "Φ": r"\Phi", "Ψ": r"\Psi",
    "Ω": r"\Omega",
}  # fmt: skip
"""Characters that stand for a command."""
