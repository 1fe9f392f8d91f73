"""Layers, batches, recursions, batch normalisation, attention and recurrent steps."""

# ruff: noqa: ARG005, E501, E731
import numpy as np

from tensor_labels.rows import Row, false, grad, true

_sig = lambda z: 1 / (1 + np.exp(-z))
_soft = lambda z: np.exp(z) / np.exp(z).sum()
_two = lambda v: ((v.V @ np.tanh(v.W @ v.x + v.b) + v.c - v.y) ** 2).sum() / 2
_e = lambda v: v.V @ np.tanh(v.W @ v.x + v.b) + v.c - v.y
_h = lambda v: np.tanh(v.W @ v.x + v.b)
_NET = "A network with one hidden layer:\n\n$$\n\\begin{aligned}\n\\mathbf{z} &= \\mathbf{W}_1 \\mathbf{x} + \\mathbf{b}_1 \\\\\n\\mathbf{h} &= \\tanh(\\mathbf{z}) \\\\\n\\hat{\\mathbf{y}} &= \\mathbf{W}_2 \\mathbf{h} + \\mathbf{b}_2 \\\\\nL &= \\frac{1}{2} \\|\\hat{\\mathbf{y}} - \\mathbf{y}\\|^2\n\\end{aligned}\n$$"
_NAMES = "W:k,d x:d b:k V:m,k c:m y:m"
_batch = lambda v: ((v.X @ v.W + v.b - v.Y) ** 2).sum()

LAYERS = (
    Row(
        "two layers",
        _NET,
        _NAMES,
        r"\frac{\partial L}{\partial \mathbf{W}_2}",
        grad("V", _two),
        (
            true(r"(\hat{\mathbf{y}} - \mathbf{y}) \mathbf{h}^\top", lambda v: np.outer(_e(v), _h(v))),
            false(
                "sign", r"(\mathbf{y} - \hat{\mathbf{y}}) \mathbf{h}^\top", lambda v: -np.outer(_e(v), _h(v))
            ),
            false(
                "factor",
                r"2 (\hat{\mathbf{y}} - \mathbf{y}) \mathbf{h}^\top",
                lambda v: 2 * np.outer(_e(v), _h(v)),
            ),
            false(
                "wrong name",
                r"(\hat{\mathbf{y}} - \mathbf{y}) \mathbf{z}^\top",
                lambda v: np.outer(_e(v), v.W @ v.x + v.b),
            ),
        ),
        layouts=True,
    ),
    Row(
        "two layers",
        _NET,
        _NAMES,
        r"\frac{\partial L}{\partial \mathbf{W}_1}",
        grad("W", _two),
        (
            true(
                r"\left( \mathbf{W}_2^\top (\hat{\mathbf{y}} - \mathbf{y}) \odot (1 - \mathbf{h} \odot \mathbf{h}) \right) \mathbf{x}^\top",
                lambda v: np.outer(v.V.T @ _e(v) * (1 - _h(v) ** 2), v.x),
            ),
            true(
                r"\left( \mathbf{W}_2^\top (\hat{\mathbf{y}} - \mathbf{y}) \odot (1 - \tanh^2(\mathbf{z})) \right) \mathbf{x}^\top",
                lambda v: np.outer(v.V.T @ _e(v) * (1 - _h(v) ** 2), v.x),
            ),
            true(
                r"\frac{\partial L}{\partial \mathbf{z}} \mathbf{x}^\top",
                lambda v: np.outer(v.V.T @ _e(v) * (1 - _h(v) ** 2), v.x),
            ),
            false(
                "lost chain factor",
                r"\mathbf{W}_2^\top (\hat{\mathbf{y}} - \mathbf{y}) \mathbf{x}^\top",
                lambda v: np.outer(v.V.T @ _e(v), v.x),
            ),
            false(
                "sign",
                r"\left( \mathbf{W}_2^\top (\hat{\mathbf{y}} - \mathbf{y}) \odot (1 + \mathbf{h} \odot \mathbf{h}) \right) \mathbf{x}^\top",
                lambda v: np.outer(v.V.T @ _e(v) * (1 + _h(v) ** 2), v.x),
            ),
            false(
                "lost chain factor",
                r"\left( \mathbf{W}_2^\top (\hat{\mathbf{y}} - \mathbf{y}) \odot (1 - \mathbf{h}) \right) \mathbf{x}^\top",
                lambda v: np.outer(v.V.T @ _e(v) * (1 - _h(v)), v.x),
            ),
        ),
        layouts=True,
    ),
    Row(
        "two layers",
        _NET,
        _NAMES,
        r"\nabla_{\mathbf{b}_1} L",
        grad("b", _two),
        (
            true(
                r"\mathbf{W}_2^\top (\hat{\mathbf{y}} - \mathbf{y}) \odot (1 - \mathbf{h}^2)",
                lambda v: v.V.T @ _e(v) * (1 - _h(v) ** 2),
            ),
            true(
                r"\operatorname{diag}(1 - \mathbf{h} \odot \mathbf{h}) \mathbf{W}_2^\top (\hat{\mathbf{y}} - \mathbf{y})",
                lambda v: v.V.T @ _e(v) * (1 - _h(v) ** 2),
            ),
            false(
                "lost chain factor",
                r"\mathbf{W}_2^\top (\hat{\mathbf{y}} - \mathbf{y})",
                lambda v: v.V.T @ _e(v),
            ),
            false(
                "sign",
                r"\mathbf{W}_2^\top (\mathbf{y} - \hat{\mathbf{y}}) \odot (1 - \mathbf{h} \odot \mathbf{h})",
                lambda v: -v.V.T @ _e(v) * (1 - _h(v) ** 2),
            ),
        ),
    ),
    Row(
        "batch",
        "For a batch $X \\in \\mathbb{R}^{n \\times d}$, $W \\in \\mathbb{R}^{d \\times k}$, $b \\in \\mathbb{R}^k$ and $Y \\in \\mathbb{R}^{n \\times k}$ let $Z = X W + \\mathbf{1} b^T$ and $L = \\|Z - Y\\|_F^2$.",
        "X:n,d W:d,k b:k Y:n,k",
        r"\frac{\partial L}{\partial W}",
        grad("W", _batch),
        (
            true(r"2 X^T (Z - Y)", lambda v: 2 * v.X.T @ (v.X @ v.W + v.b - v.Y)),
            true(r"X^T \frac{\partial L}{\partial Z}", lambda v: 2 * v.X.T @ (v.X @ v.W + v.b - v.Y)),
            false("factor", r"X^T (Z - Y)", lambda v: v.X.T @ (v.X @ v.W + v.b - v.Y)),
            false("sign", r"2 X^T (Y - Z)", lambda v: -2 * v.X.T @ (v.X @ v.W + v.b - v.Y)),
            false("dropped term", r"2 X^T Z", lambda v: 2 * v.X.T @ (v.X @ v.W + v.b)),
            false("order", r"2 (Z - Y) X^T", lambda v: np.full((3, 4), np.nan)),
        ),
        layouts=True,
    ),
    Row(
        "batch",
        "For a batch $X \\in \\mathbb{R}^{n \\times d}$, $W \\in \\mathbb{R}^{d \\times k}$, $b \\in \\mathbb{R}^k$ and $Y \\in \\mathbb{R}^{n \\times k}$ let $Z = X W + \\mathbf{1} b^T$ and $L = \\|Z - Y\\|_F^2$.",
        "X:n,d W:d,k b:k Y:n,k",
        r"\frac{\partial L}{\partial b}",
        grad("b", _batch),
        (
            true(r"2 (Z - Y)^T \mathbf{1}", lambda v: 2 * (v.X @ v.W + v.b - v.Y).sum(0)),
            false("factor", r"(Z - Y)^T \mathbf{1}", lambda v: (v.X @ v.W + v.b - v.Y).sum(0)),
            false("sign", r"2 (Y - Z)^T \mathbf{1}", lambda v: -2 * (v.X @ v.W + v.b - v.Y).sum(0)),
        ),
    ),
    Row(
        "indices",
        "With $a_j = \\sum_{i=1}^{n} w_{ji} x_i + b_j$, $y_j = \\sigma(a_j)$, $\\sigma(z) = \\frac{1}{1 + e^{-z}}$ and $E = \\frac{1}{2} \\sum_{j=1}^{m} (y_j - t_j)^2$:",
        "w:m,n x:n b:m t:m",
        r"\frac{\partial E}{\partial w_{ji}}",
        grad("w", lambda v: ((_sig(v.w @ v.x + v.b) - v.t) ** 2).sum() / 2),
        (
            true(
                r"(y_j - t_j) y_j (1 - y_j) x_i",
                lambda v: np.outer(
                    (_sig(v.w @ v.x + v.b) - v.t) * _sig(v.w @ v.x + v.b) * (1 - _sig(v.w @ v.x + v.b)), v.x
                ),
            ),
            true(
                r"\frac{\partial E}{\partial a_j} x_i",
                lambda v: np.outer(
                    (_sig(v.w @ v.x + v.b) - v.t) * _sig(v.w @ v.x + v.b) * (1 - _sig(v.w @ v.x + v.b)), v.x
                ),
            ),
            true(
                r"\frac{\partial E}{\partial y_j} \frac{\partial y_j}{\partial a_j} \frac{\partial a_j}{\partial w_{ji}}",
                lambda v: np.outer(
                    (_sig(v.w @ v.x + v.b) - v.t) * _sig(v.w @ v.x + v.b) * (1 - _sig(v.w @ v.x + v.b)), v.x
                ),
            ),
            false(
                "lost chain factor",
                r"(y_j - t_j) x_i",
                lambda v: np.outer((_sig(v.w @ v.x + v.b) - v.t), v.x),
            ),
            false("wrong index", r"(y_j - t_j) y_j (1 - y_j) x_j", lambda v: np.full((2, 5), np.nan)),
            false(
                "sign",
                r"(t_j - y_j) y_j (1 - y_j) x_i",
                lambda v: (
                    -np.outer(
                        (_sig(v.w @ v.x + v.b) - v.t) * _sig(v.w @ v.x + v.b) * (1 - _sig(v.w @ v.x + v.b)),
                        v.x,
                    )
                ),
            ),
        ),
    ),
    Row(
        "indices",
        "Let $L$ be the loss and $z_i = \\sum_{j=1}^{n} W_{ij} x_j$ for $i = 1, \\dots, m$ with $L = \\sum_{i=1}^{m} z_i^2$.",
        "W:m,n x:n",
        r"\frac{\partial L}{\partial x_j}",
        grad("x", lambda v: ((v.W @ v.x) ** 2).sum()),
        (
            true(r"2 \sum_{i=1}^{m} z_i W_{ij}", lambda v: 2 * v.W.T @ v.W @ v.x),
            true(
                r"\sum_{i=1}^{m} \frac{\partial L}{\partial z_i} \frac{\partial z_i}{\partial x_j}",
                lambda v: 2 * v.W.T @ v.W @ v.x,
            ),
            true(r"2 \sum_{i=1}^{m} \sum_{k=1}^{n} W_{ij} W_{ik} x_k", lambda v: 2 * v.W.T @ v.W @ v.x),
            false("wrong index", r"2 \sum_{i=1}^{m} z_j W_{ij}", lambda v: np.full(5, np.nan)),
            false("factor", r"\sum_{i=1}^{m} z_i W_{ij}", lambda v: v.W.T @ v.W @ v.x),
            false("lost sum", r"2 z_i W_{ij}", lambda v: np.full(5, np.nan)),
            false(
                "wrong index",
                r"2 \sum_{i=1}^{m} \sum_{k=1}^{n} W_{ij} W_{ik} x_j",
                lambda v: np.full(5, np.nan),
            ),
        ),
    ),
    Row(
        "recursion",
        "The layers are $z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}$ and $a^{(l)} = \\sigma(z^{(l)})$ where $\\sigma$ is applied to every entry, and\n\n$$\n\\delta^{(l)} = \\frac{\\partial L}{\\partial z^{(l)}}\n$$",
        "x:d",
        r"\delta^{(l)}",
        lambda v: v.x,
        (
            true(r"\left( (W^{(l+1)})^\top \delta^{(l+1)} \right) \odot \sigma'(z^{(l)})", lambda v: v.x),
            false(
                "transpose", r"\left( W^{(l+1)} \delta^{(l+1)} \right) \odot \sigma'(z^{(l)})", lambda v: -v.x
            ),
            false("lost chain factor", r"(W^{(l+1)})^\top \delta^{(l+1)}", lambda v: -v.x),
            false(
                "layer",
                r"\left( (W^{(l)})^\top \delta^{(l+1)} \right) \odot \sigma'(z^{(l)})",
                lambda v: -v.x,
            ),
            false(
                "layer",
                r"\left( (W^{(l+1)})^\top \delta^{(l+1)} \right) \odot \sigma'(z^{(l+1)})",
                lambda v: -v.x,
            ),
            false(
                "sign",
                r"-\left( (W^{(l+1)})^\top \delta^{(l+1)} \right) \odot \sigma'(z^{(l)})",
                lambda v: -v.x,
            ),
        ),
    ),
    Row(
        "recurrent",
        "A recurrent step is $\\mathbf{h}_t = \\tanh(\\mathbf{a}_t)$ with $\\mathbf{a}_t = \\mathbf{U} \\mathbf{x}_t + \\mathbf{W} \\mathbf{s} + \\mathbf{b}$.",
        "a:k",
        r"\frac{\partial \mathbf{a}_t}{\partial \mathbf{s}}",
        lambda v: v.a,
        (
            true(r"\mathbf{W}", lambda v: v.a),
            false("wrong name", r"\mathbf{U}", lambda v: -v.a),
            false("factor", r"2 \mathbf{W}", lambda v: -v.a),
        ),
    ),
    Row(
        "attention",
        "Scores are $S = \\frac{1}{\\sqrt{d}} Q K^\\top$ with $Q \\in \\mathbb{R}^{n \\times d}$, $K \\in \\mathbb{R}^{m \\times d}$, and the loss is $L = \\operatorname{tr}(G^\\top S)$ with $G \\in \\mathbb{R}^{n \\times m}$.",
        "Q:n,d K:m,d G:n,m",
        r"\frac{\partial L}{\partial Q}",
        lambda v: v.G @ v.K / np.sqrt(3),
        (
            true(r"\frac{1}{\sqrt{d}} G K", lambda v: v.G @ v.K / np.sqrt(3)),
            true(r"\frac{G K}{\sqrt{d}}", lambda v: v.G @ v.K / np.sqrt(3)),
            false("dropped factor", r"G K", lambda v: v.G @ v.K),
            false("power", r"\frac{1}{d} G K", lambda v: v.G @ v.K / 3),
            false("wrong name", r"\frac{1}{\sqrt{d}} G Q", lambda v: np.full((5, 3), np.nan)),
        ),
        layouts=True,
    ),
    Row(
        "batch norm",
        "$$\n\\mu = \\frac{1}{m} \\sum_{i=1}^{m} x_i, \\qquad v = \\frac{1}{m} \\sum_{i=1}^{m} (x_i - \\mu)^2, \\qquad \\hat{x}_i = \\frac{x_i - \\mu}{\\sqrt{v + \\epsilon}}\n$$",
        "x:n s:",
        r"\frac{\partial v}{\partial x_j}",
        grad("x", lambda v: v.x.var()),
        (
            true(r"\frac{2}{m} (x_j - \mu)", lambda v: 2 / 5 * (v.x - v.x.mean())),
            true(r"\frac{2 (x_j - \mu)}{m}", lambda v: 2 / 5 * (v.x - v.x.mean())),
            false("factor", r"\frac{1}{m} (x_j - \mu)", lambda v: 1 / 5 * (v.x - v.x.mean())),
            false("dropped factor", r"2 (x_j - \mu)", lambda v: 2 * (v.x - v.x.mean())),
            false("dropped term", r"\frac{2}{m} x_j", lambda v: 2 / 5 * v.x),
        ),
    ),
    Row(
        "batch norm",
        "$$\n\\mu = \\frac{1}{m} \\sum_{i=1}^{m} x_i, \\qquad v = \\frac{1}{m} \\sum_{i=1}^{m} (x_i - \\mu)^2, \\qquad \\hat{x}_i = \\frac{x_i - \\mu}{\\sqrt{v + \\epsilon}}\n$$",
        "x:n s:",
        r"\frac{\partial \hat{x}_i}{\partial x_j}",
        grad("x", lambda v: (v.x - v.x.mean()) / np.sqrt(v.x.var() + v.s)),
        (
            true(
                r"\frac{1}{\sqrt{v + \epsilon}} \left( \delta_{ij} - \frac{1}{m} - \frac{\hat{x}_i \hat{x}_j}{m} \right)",
                lambda v: (
                    (np.eye(5) - 1 / 5 - np.outer(v.x - v.x.mean(), v.x - v.x.mean()) / (v.x.var() + v.s) / 5)
                    / np.sqrt(v.x.var() + v.s)
                ),
            ),
            false(
                "dropped term",
                r"\frac{1}{\sqrt{v + \epsilon}} \left( \delta_{ij} - \frac{1}{m} \right)",
                lambda v: (np.eye(5) - 1 / 5) / np.sqrt(v.x.var() + v.s),
            ),
            false(
                "sign",
                r"\frac{1}{\sqrt{v + \epsilon}} \left( \delta_{ij} - \frac{1}{m} + \frac{\hat{x}_i \hat{x}_j}{m} \right)",
                lambda v: (
                    (np.eye(5) - 1 / 5 + np.outer(v.x - v.x.mean(), v.x - v.x.mean()) / (v.x.var() + v.s) / 5)
                    / np.sqrt(v.x.var() + v.s)
                ),
            ),
        ),
    ),
)

ROWS = LAYERS
