"""The LaTeX commands that litgrad reads, one table per family."""

GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi "
    "omicron pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega digamma "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega "
    "varGamma varDelta varTheta varLambda varXi varPi varSigma varUpsilon varPhi varPsi varOmega".split()
)

SYMBOLS = frozenset(
    "partial nabla infty ell hbar imath jmath Re Im wp aleph emptyset varnothing forall exists nexists neg lnot "
    "dots ldots cdots vdots ddots iddots dotsc dotsb dotsm dotsi dotso top bot perp star angle degree intercal "
    "square blacksquare Box qed checkmark dagger ddagger therefore because triangle blacktriangle Diamond bigstar "
    "complement mho Bbbk eth lozenge clubsuit diamondsuit heartsuit spadesuit sharp flat natural surd S P "
    "% # $ & _".split()
)
"""Commands that stand for a letter-like symbol."""

LETTERS = GREEK | SYMBOLS

FUNCTIONS = frozenset(
    "log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth arcsinh arccosh arctanh "
    "sech csch arccot arcsec arccsc arccoth arcsech arccsch arsinh arcosh artanh sgn erf erfc "
    "det dim ker hom arg deg gcd lcm Pr tr".split()
)
"""Named functions; what follows is their argument."""

LIMIT_OPERATORS = frozenset("lim max min sup inf limsup liminf argmax argmin".split())
LARGE_OPERATORS = frozenset(
    "sum prod int iint iiint iiiint oint oiint coprod bigcup bigcap bigoplus bigotimes bigodot bigvee bigwedge bigsqcup".split()
)
OPERATORS = FUNCTIONS | LIMIT_OPERATORS | LARGE_OPERATORS
OPERATOR_WORDS = (FUNCTIONS | LIMIT_OPERATORS) - {"arg", "deg", "tr"}
"""Words that mean the same as the command of their name: `\\mathrm{log}`, `\\operatorname{argmin}`."""

ACCENTS = frozenset(
    "hat widehat bar overline tilde widetilde vec overrightarrow overleftarrow dot ddot dddot check widecheck breve "
    "acute grave mathring underline underrightarrow".split()
)

STYLE_SWITCHES = frozenset("rm bf cal it sf tt frak".split())
"""Styles that hold to the end of their group."""
STYLES = STYLE_SWITCHES | frozenset(
    "mathbf boldsymbol bm pmb bold mathcal mathbb Bbb mathds mathbbm mathfrak mathscr mathsf mathtt mathit mathnormal "
    "mathrm mathbfit symbf symit symrm symcal symbb".split()
)
WORDY_STYLES = frozenset("mathrm rm mathsf sf mathtt tt mathit it symrm".split())
"""Styles in which several letters side by side make one word."""
TEXTS = frozenset(
    "text textrm textbf textit texttt textsf textnormal textup textmd textsc emph mbox hbox fbox operatorname "
    "operatornamewithlimits".split()
)
FRACTIONS = frozenset("frac dfrac tfrac cfrac nicefrac sfrac binom dbinom tbinom".split())
INFIX_FRACTIONS = {"over": "frac", "choose": "binom", "atop": "binom"}
"""Plain TeX's fractions, whose halves are the two parts of their group."""

NOTED = frozenset("underset overset stackrel".split())
"""A note, then what it is set above or below of."""
BRACES = frozenset("underbrace overbrace".split())
"""What carries a note; the note is its script."""
COLORED = frozenset("color textcolor colorbox class cssId style href".split())
"""Words in braces, then what they are about."""
FRAMED = frozenset(
    "boxed cancel bcancel xcancel sout smash mathclap mathllap mathrlap ensuremath bbox".split()
)
"""Commands whose argument means what it would mean without them."""
ANNOTATIONS = NOTED | BRACES | COLORED | FRAMED
EXTENSIBLE_ARROWS = frozenset(
    "xrightarrow xleftarrow xRightarrow xLeftarrow xleftrightarrow xmapsto xlongequal".split()
)
"""Relations with a note in braces."""

SUM_SIGNS = {
    "+": "+", "-": "-", "pm": r"\pm", "mp": r"\mp", "oplus": r"\oplus", "ominus": r"\ominus", "boxplus": r"\boxplus",
}  # fmt: skip
PRODUCT_SIGNS = {
    "*": "*", "/": "/", "cdot": r"\cdot", "times": r"\times", "div": r"\div", "ast": "*", "odot": r"\odot",
    "circ": r"\circ", "otimes": r"\otimes", "cap": r"\cap", "cup": r"\cup", "setminus": r"\setminus",
    "bullet": r"\bullet", "wedge": r"\wedge", "vee": r"\vee", "land": r"\wedge", "lor": r"\vee", "bmod": r"\bmod",
    "oslash": r"\oslash", "sqcup": r"\sqcup", "sqcap": r"\sqcap", "uplus": r"\uplus", "centerdot": r"\cdot",
    "circledast": r"\circledast", "boxtimes": r"\boxtimes", "diamond": r"\diamond", "backslash": r"\setminus",
}  # fmt: skip

RELATIONS = (
    {
        name: rf"\{name}"
        for name in (
            "le leq leqslant ge geq geqslant ne neq approx equiv sim simeq cong propto in notin ni subset subseteq "
            "supset supseteq to rightarrow leftarrow longrightarrow mapsto Rightarrow Leftarrow Leftrightarrow implies "
            "iff ll gg triangleq doteq coloneqq eqqcolon asymp prec succ preceq succeq vdash models gets leftrightarrow "
            "Longrightarrow longmapsto lt gt approxeq impliedby Longleftrightarrow longleftrightarrow Longleftarrow "
            "longleftarrow leadsto lesssim gtrsim leqq geqq nleq ngeq nless ngtr subsetneq supsetneq nsubseteq nmid "
            "uparrow downarrow nearrow searrow hookrightarrow rightharpoonup rightleftharpoons leftrightharpoons twoheadrightarrow "
            "Uparrow Downarrow updownarrow circeq thickapprox thicksim dashrightarrow varpropto bowtie"
        ).split()
    }
    | {"=": "=", "<": "<", ">": ">", ":=": ":=", "=:": "=:"}
    | {name: rf"\{name}" for name in EXTENSIBLE_ARROWS}
)
NEGATED = {"=": r"\ne", r"\in": r"\notin", r"\equiv": r"\not\equiv", "<": r"\nless", ">": r"\ngtr"}
"""What `\\not` makes of a relation that has a sign of its own."""

OPENING = {
    "(": ")", "[": "]", "{": "}", "lbrace": "rbrace", "langle": "rangle", "lvert": "rvert", "lVert": "rVert",
    "lfloor": "rfloor", "lceil": "rceil", "lbrack": "rbrack", "llbracket": "rrbracket", "lparen": "rparen",
    "lang": "rang", "ulcorner": "urcorner",
}  # fmt: skip
"""Opening delimiters and the ones that usually close them, without backslash."""
CLOSING = frozenset(OPENING.values()) | {")", "]", "}"}
BARS = {"|": "|", "vert": "|", "Vert": r"\|", "mid": r"\mid", "parallel": r"\parallel", "\\|": r"\|"}
"""Bars by command or character, and what they are called."""

SPACES = frozenset(
    ", ; : ! > enspace enskip thinspace medspace thickspace negthinspace negmedspace negthickspace hfill hfil space nobreakspace "
    "allowbreak nobreak break".split()
) | {" ", "\n", "/", "\t"}
"""Spacing commands that say nothing; `\\quad` and `\\qquad` set equations apart."""
POSITIVE_SPACES = frozenset(", ; : > enspace enskip thinspace medspace thickspace space".split()) | {" "}
"""Those of them that set apart what stands beside each other."""
WIDE_SPACES = frozenset(["quad", "qquad"])
IGNORED = frozenset(
    "displaystyle textstyle scriptstyle scriptscriptstyle nonumber notag limits nolimits big Big bigg Bigg bigl bigr "
    "Bigl Bigr biggl biggr Biggl Biggr bigm Bigm biggm Biggm hline strut mathstrut null relax noindent centering "
    "mathop mathopen mathclose mathrel mathbin mathord mathpunct mathinner displaylimits shoveleft shoveright "
    "normalsize small footnotesize scriptsize tiny large Large LARGE huge Huge boldmath unboldmath noalign "
    "begingroup endgroup protect qty".split()
)
IGNORED_ARGUMENTS = {
    "label": 1, "phantom": 1, "vphantom": 1, "hphantom": 1, "hspace": 1, "vspace": 1, "mspace": 1, "rule": 2,
    "require": 1, "usepackage": 1, "definecolor": 3, "eqref": 1, "ref": 1, "cite": 1, "footnote": 1, "cline": 1,
    "numberwithin": 2, "renewcolumntype": 2, "index": 1, "htmlData": 1, "setlength": 2,
}  # fmt: skip
"""Commands that print nothing that counts, with how many braced arguments they take."""
DIMENSIONED = frozenset(["kern", "mkern", "hskip", "mskip"])
"""Spaces with a length behind them that is not in braces."""

ROW_ENVIRONMENTS = frozenset(
    "align align* aligned alignat alignat* alignedat split gather gather* gathered equation equation* eqnarray "
    "eqnarray* multline multline* multlined flalign flalign* displaymath math dmath dmath* subequations "
    "IEEEeqnarray IEEEeqnarray* darray".split()
)
"""Environments whose rows are equations."""
ARRAY_ENVIRONMENTS = frozenset(
    "matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix psmallmatrix bsmallmatrix array cases cases* dcases "
    "rcases subarray matrix* pmatrix* bmatrix* Bmatrix* vmatrix* Vmatrix* numcases CD".split()
)
"""Environments that are one value inside a formula."""
WITH_COLUMNS = frozenset(
    "array alignat alignat* alignedat subarray IEEEeqnarray IEEEeqnarray* darray".split()
)

DEFINERS = frozenset(
    "newcommand renewcommand providecommand DeclareRobustCommand def gdef edef xdef let DeclareMathOperator "
    "DeclarePairedDelimiter".split()
)
"""Commands that give an author's macro its meaning."""

KNOWN = (
    LETTERS | OPERATORS | ACCENTS | STYLES | TEXTS | FRACTIONS | SPACES | IGNORED | CLOSING | ANNOTATIONS | DEFINERS
    | set(IGNORED_ARGUMENTS) | set(BARS) | set(SUM_SIGNS) | set(PRODUCT_SIGNS) | set(RELATIONS) | set(OPENING)
    | DIMENSIONED | WIDE_SPACES | set(INFIX_FRACTIONS)
    | {"sqrt", "left", "right", "middle", "begin", "end", "tag", "cr", "not", "substack", "pmod", "mod", "prime"}
)  # fmt: skip
"""All command names, for `did you mean`."""

UNICODE = {
    "−": "-", "–": "-", "·": r"\cdot", "⋅": r"\cdot", "∙": r"\cdot", "×": r"\times", "÷": r"\div", "≤": r"\le",
    "≥": r"\ge", "≦": r"\le", "≧": r"\ge", "⩽": r"\le", "⩾": r"\ge", "∗": "*", "∕": "/", "⁄": "/",
    "≠": r"\ne", "≈": r"\approx", "≃": r"\simeq", "≅": r"\cong", "≡": r"\equiv", "∼": r"\sim", "∝": r"\propto",
    "∈": r"\in", "∉": r"\notin", "⊂": r"\subset", "⊆": r"\subseteq", "⊃": r"\supset", "⊇": r"\supseteq",
    "→": r"\to", "←": r"\leftarrow", "↔": r"\leftrightarrow", "↦": r"\mapsto", "⇒": r"\Rightarrow",
    "⇐": r"\Leftarrow", "⇔": r"\Leftrightarrow", "⟹": r"\implies", "⟺": r"\iff", "⟶": r"\to", "≔": ":=",
    "≜": r"\triangleq", "≪": r"\ll", "≫": r"\gg", "↑": r"\uparrow", "↓": r"\downarrow",
    "∞": r"\infty", "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∮": r"\oint",
    "ℓ": r"\ell", "±": r"\pm", "∓": r"\mp", "⊕": r"\oplus", "⊖": r"\ominus", "⊗": r"\otimes", "⊙": r"\odot",
    "∘": r"\circ", "∩": r"\cap", "∪": r"\cup", "∧": r"\wedge", "∨": r"\vee", "¬": r"\neg", "∀": r"\forall",
    "∃": r"\exists", "∅": r"\emptyset", "⊤": r"\top", "⊥": r"\perp", "…": r"\dots", "⋯": r"\cdots", "⋮": r"\vdots",
    "⋱": r"\ddots", "∴": r"\therefore", "∵": r"\because", "□": r"\square", "■": r"\blacksquare", "†": r"\dagger",
    "⋆": r"\star", "★": r"\bigstar", "°": r"\degree", "ℏ": r"\hbar",
    "′": "'", "’": "'", "∣": "|", "∥": r"\|", "‖": r"\|", "｜": "|", "⟨": r"\langle", "⟩": r"\rangle",
    "〈": r"\langle", "〉": r"\rangle", "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil",
    "（": "(", "）": ")", "，": ",", "：": ":", "；": ";", "＝": "=", "＋": "+", "。": ".", "、": ",",
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ϵ": r"\epsilon", "ε": r"\varepsilon",
    "ζ": r"\zeta", "η": r"\eta", "θ": r"\theta", "ϑ": r"\vartheta", "ι": r"\iota", "κ": r"\kappa", "λ": r"\lambda",
    "μ": r"\mu", "µ": r"\mu", "ν": r"\nu", "ξ": r"\xi", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma",
    "ς": r"\varsigma", "τ": r"\tau", "υ": r"\upsilon", "ϕ": r"\phi", "φ": r"\varphi", "χ": r"\chi", "ψ": r"\psi",
    "ω": r"\omega", "Γ": r"\Gamma", "Δ": r"\Delta", "∆": r"\Delta", "Θ": r"\Theta", "Λ": r"\Lambda", "Ξ": r"\Xi",
    "Π": r"\Pi", "Σ": r"\Sigma", "Φ": r"\Phi", "Ψ": r"\Psi", "Ω": r"\Omega", "Υ": r"\Upsilon",
}  # fmt: skip
"""Characters that stand for a command."""

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱᵀ", "0123456789+-niT", strict=True))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₙₜₓ", "0123456789+-ijkntx", strict=True))
"""Raised and lowered characters, which stand for a script."""
COMBINING = {
    "\u0302": r"\hat",
    "\u0304": r"\bar",
    "\u0303": r"\tilde",
    "\u0307": r"\dot",
    "\u0308": r"\ddot",
    "\u20d7": r"\vec",
}
"""Combining accents, which follow their letter."""
