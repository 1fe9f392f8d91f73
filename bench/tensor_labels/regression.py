"""Linear, ridge, logistic and softmax regression, support vectors and word vectors."""

# ruff: noqa: ARG005, E501, E731
import numpy as np

from tensor_labels.rows import Row, false, grad, true

_sig = lambda z: 1 / (1 + np.exp(-z))
_soft = lambda z: np.exp(z) / np.exp(z).sum()
_sq = lambda v: ((v.X @ v.w - v.y) ** 2).sum()
_res = lambda v: v.X @ v.w - v.y
_ce = lambda v: -(v.y * np.log(_sig(v.X @ v.w)) + (1 - v.y) * np.log(1 - _sig(v.X @ v.w))).sum()

LINEAR = (
    Row(
        "least squares",
        r"Least squares with $X \in \mathbb{R}^{n \times d}$, $w \in \mathbb{R}^d$ and $y \in \mathbb{R}^n$:"
        "\n\n$$\nL(w) = \\|X w - y\\|^2\n$$",
        "X:n,d w:d y:n",
        r"\nabla_w L",
        grad("w", _sq),
        (
            true(r"2 X^\top (X w - y)", lambda v: 2 * v.X.T @ _res(v)),
            true(r"2 X^T X w - 2 X^T y", lambda v: 2 * v.X.T @ v.X @ v.w - 2 * v.X.T @ v.y),
            true(r"-2 X^\top (y - X w)", lambda v: 2 * v.X.T @ _res(v)),
            false("factor", r"X^\top (X w - y)", lambda v: v.X.T @ _res(v)),
            false("sign", r"2 X^\top (y - X w)", lambda v: -2 * v.X.T @ _res(v)),
            false("dropped term", r"2 X^\top X w", lambda v: 2 * v.X.T @ v.X @ v.w),
            false("sign", r"2 X^\top X w + 2 X^\top y", lambda v: 2 * v.X.T @ (v.X @ v.w + v.y)),
        ),
    ),
    Row(
        "least squares",
        "The loss is\n\n$$\nJ(\\mathbf{w}) = \\frac{1}{2} (\\mathbf{y} - \\mathbf{X} \\mathbf{w})^{T} (\\mathbf{y} - \\mathbf{X} \\mathbf{w})\n$$",
        "X:n,d w:d y:n",
        r"\frac{\partial J}{\partial \mathbf{w}}",
        grad("w", lambda v: _sq(v) / 2),
        (
            true(r"-\mathbf{X}^{T} (\mathbf{y} - \mathbf{X} \mathbf{w})", lambda v: v.X.T @ _res(v)),
            true(r"\mathbf{X}^T \mathbf{X} \mathbf{w} - \mathbf{X}^T \mathbf{y}", lambda v: v.X.T @ _res(v)),
            true(r"(\mathbf{X} \mathbf{w} - \mathbf{y})^T \mathbf{X}", lambda v: v.X.T @ _res(v)),
            false(
                "factor",
                r"-2 \mathbf{X}^{T} (\mathbf{y} - \mathbf{X} \mathbf{w})",
                lambda v: 2 * v.X.T @ _res(v),
            ),
            false("sign", r"\mathbf{X}^{T} (\mathbf{y} - \mathbf{X} \mathbf{w})", lambda v: -v.X.T @ _res(v)),
            false("dropped term", r"-\mathbf{X}^{T} \mathbf{y}", lambda v: -v.X.T @ v.y),
        ),
    ),
    Row(
        "least squares",
        "$$\nE = \\sum_{i=1}^{n} (y_i - \\vec{w}^{\\mathrm T} \\vec{x}_i)^2\n$$",
        "X:n,d w:d y:n",
        r"\frac{\partial E}{\partial \vec{w}}",
        grad("w", _sq),
        (
            true(
                r"-2 \sum_{i=1}^{n} (y_i - \vec{w}^{\mathrm T} \vec{x}_i) \vec{x}_i",
                lambda v: 2 * v.X.T @ _res(v),
            ),
            true(
                r"2 \sum_{i=1}^{n} (\vec{x}_i^{\mathrm T} \vec{w} - y_i) \vec{x}_i",
                lambda v: 2 * v.X.T @ _res(v),
            ),
            false(
                "sign",
                r"2 \sum_{i=1}^{n} (y_i - \vec{w}^{\mathrm T} \vec{x}_i) \vec{x}_i",
                lambda v: -2 * v.X.T @ _res(v),
            ),
            false(
                "factor",
                r"-\sum_{i=1}^{n} (y_i - \vec{w}^{\mathrm T} \vec{x}_i) \vec{x}_i",
                lambda v: v.X.T @ _res(v),
            ),
            false(
                "lost chain factor",
                r"-2 \sum_{i=1}^{n} (y_i - \vec{w}^{\mathrm T} \vec{x}_i)",
                lambda v: 2 * _res(v).sum() * np.ones(3),
            ),
        ),
    ),
    Row(
        "least squares",
        "$$\nE = \\frac{1}{2} \\sum_{i=1}^{n} \\left(\\sum_{j=1}^{d} x_{ij} w_j - y_i\\right)^2\n$$",
        "X:n,d w:d y:n",
        r"\frac{\partial E}{\partial w_k}",
        grad("w", lambda v: _sq(v) / 2),
        (
            true(
                r"\sum_{i=1}^{n} \left(\sum_{j=1}^{d} x_{ij} w_j - y_i\right) x_{ik}",
                lambda v: v.X.T @ _res(v),
            ),
            true(r"\sum_i \sum_j x_{ik} x_{ij} w_j - \sum_i x_{ik} y_i", lambda v: v.X.T @ _res(v)),
            false(
                "wrong index",
                r"\sum_{i=1}^{n} \left(\sum_{j=1}^{d} x_{ij} w_j - y_i\right) x_{ki}",
                lambda v: np.full(3, np.nan),
            ),
            false(
                "factor",
                r"2 \sum_{i=1}^{n} \left(\sum_{j=1}^{d} x_{ij} w_j - y_i\right) x_{ik}",
                lambda v: 2 * v.X.T @ _res(v),
            ),
            false(
                "lost chain factor",
                r"\sum_{i=1}^{n} \left(\sum_{j=1}^{d} x_{ij} w_j - y_i\right)",
                lambda v: _res(v).sum() * np.ones(3),
            ),
            false(
                "wrong index",
                r"\sum_{i=1}^{n} \left(\sum_{j=1}^{d} x_{ij} w_k - y_i\right) x_{ik}",
                lambda v: np.einsum("ij,k,ik->k", v.X, v.w, v.X) - v.X.T @ v.y,
            ),
        ),
    ),
    Row(
        "ridge",
        "Ridge regression minimises\n\n$$\nJ(\\boldsymbol{\\beta}) = \\|\\mathbf{y} - \\mathbf{X} \\boldsymbol{\\beta}\\|_2^2 + \\lambda \\|\\boldsymbol{\\beta}\\|_2^2\n$$",
        "X:n,d w:d y:n l:",
        r"\nabla_{\boldsymbol{\beta}} J(\boldsymbol{\beta})",
        grad("w", lambda v: _sq(v) + v.l * v.w @ v.w),
        (
            true(
                r"-2 \mathbf{X}^\top (\mathbf{y} - \mathbf{X} \boldsymbol{\beta}) + 2 \lambda \boldsymbol{\beta}",
                lambda v: 2 * v.X.T @ _res(v) + 2 * v.l * v.w,
            ),
            true(
                r"2 (\mathbf{X}^\top \mathbf{X} + \lambda \mathbf{I}) \boldsymbol{\beta} - 2 \mathbf{X}^\top \mathbf{y}",
                lambda v: 2 * v.X.T @ _res(v) + 2 * v.l * v.w,
            ),
            false(
                "factor",
                r"-2 \mathbf{X}^\top (\mathbf{y} - \mathbf{X} \boldsymbol{\beta}) + \lambda \boldsymbol{\beta}",
                lambda v: 2 * v.X.T @ _res(v) + v.l * v.w,
            ),
            false(
                "dropped term",
                r"-2 \mathbf{X}^\top (\mathbf{y} - \mathbf{X} \boldsymbol{\beta})",
                lambda v: 2 * v.X.T @ _res(v),
            ),
            false(
                "sign",
                r"-2 \mathbf{X}^\top (\mathbf{y} - \mathbf{X} \boldsymbol{\beta}) - 2 \lambda \boldsymbol{\beta}",
                lambda v: 2 * v.X.T @ _res(v) - 2 * v.l * v.w,
            ),
        ),
    ),
    Row(
        "braces",
        "损失函数为\n\n$$\nJ = \\frac { 1 } { 2 } \\sum _ { i = 1 } ^ { n } { ( { y }_{ i } - { w }^{ T } { x }_{ i } ) }^{ 2 }\n$$",
        "X:n,d w:d y:n",
        r"\frac { \partial J } { \partial w }",
        grad("w", lambda v: _sq(v) / 2),
        (
            true(
                r"- \sum _ { i = 1 } ^ { n } ( { y }_{ i } - { w }^{ T } { x }_{ i } ) { x }_{ i }",
                lambda v: v.X.T @ _res(v),
            ),
            true(
                r"\sum _ { i = 1 } ^ { n } { x }_{ i } ( { x }_{ i }^{ T } { w } - { y }_{ i } )",
                lambda v: v.X.T @ _res(v),
            ),
            false(
                "sign",
                r"\sum _ { i = 1 } ^ { n } ( { y }_{ i } - { w }^{ T } { x }_{ i } ) { x }_{ i }",
                lambda v: -v.X.T @ _res(v),
            ),
            false(
                "factor",
                r"- 2 \sum _ { i = 1 } ^ { n } ( { y }_{ i } - { w }^{ T } { x }_{ i } ) { x }_{ i }",
                lambda v: 2 * v.X.T @ _res(v),
            ),
        ),
    ),
)

LOGISTIC = (
    Row(
        "logistic",
        "With $\\sigma(z) = \\frac{1}{1 + e^{-z}}$ and $p_i = \\sigma(\\mathbf{w}^\\top \\mathbf{x}_i)$ the loss is\n\n$$\nL = -\\sum_{i=1}^{n} \\left[ y_i \\log p_i + (1 - y_i) \\log (1 - p_i) \\right]\n$$",
        "X:n,d w:d y:n",
        r"\nabla_{\mathbf{w}} L",
        grad("w", _ce),
        (
            true(r"\sum_{i=1}^{n} (p_i - y_i) \mathbf{x}_i", lambda v: v.X.T @ (_sig(v.X @ v.w) - v.y)),
            true(
                r"-\sum_{i=1}^{n} (y_i - \sigma(\mathbf{w}^\top \mathbf{x}_i)) \mathbf{x}_i",
                lambda v: v.X.T @ (_sig(v.X @ v.w) - v.y),
            ),
            false(
                "sign", r"\sum_{i=1}^{n} (y_i - p_i) \mathbf{x}_i", lambda v: -v.X.T @ (_sig(v.X @ v.w) - v.y)
            ),
            false(
                "lost chain factor",
                r"\sum_{i=1}^{n} (p_i - y_i)",
                lambda v: (_sig(v.X @ v.w) - v.y).sum() * np.ones(3),
            ),
            false(
                "extra factor",
                r"\sum_{i=1}^{n} (p_i - y_i) p_i (1 - p_i) \mathbf{x}_i",
                lambda v: v.X.T @ ((_sig(v.X @ v.w) - v.y) * _sig(v.X @ v.w) * (1 - _sig(v.X @ v.w))),
            ),
        ),
    ),
    Row(
        "logistic",
        "Let $\\sigma(z) = 1/(1+e^{-z})$ and, for one example,\n\n$$\nz = w^T x + b, \\quad a = \\sigma(z)\n$$\n\n$$\nL = -\\left(y \\log a + (1 - y) \\log(1 - a)\\right)\n$$",
        "w:d x:d b: y:",
        r"\frac{\partial L}{\partial w}",
        grad(
            "w",
            lambda v: -(v.y * np.log(_sig(v.w @ v.x + v.b)) + (1 - v.y) * np.log(1 - _sig(v.w @ v.x + v.b))),
        ),
        (
            true(r"(a - y) x", lambda v: (_sig(v.w @ v.x + v.b) - v.y) * v.x),
            true(r"x (\sigma(w^T x + b) - y)", lambda v: (_sig(v.w @ v.x + v.b) - v.y) * v.x),
            false("sign", r"(y - a) x", lambda v: -(_sig(v.w @ v.x + v.b) - v.y) * v.x),
            false("wrong name", r"(a - y) w", lambda v: (_sig(v.w @ v.x + v.b) - v.y) * v.w),
            false("dropped term", r"a x", lambda v: _sig(v.w @ v.x + v.b) * v.x),
        ),
    ),
    Row(
        "softmax",
        "The softmax is\n\n$$\np_j = \\frac{e^{z_j}}{\\sum_{k} e^{z_k}}\n$$",
        "z:k",
        r"\frac{\partial p_j}{\partial z_i}",
        grad("z", lambda v: _soft(v.z)),
        (
            true(
                r"p_j (\delta_{ij} - p_i)", lambda v: np.diag(_soft(v.z)) - np.outer(_soft(v.z), _soft(v.z))
            ),
            true(
                r"p_i (\delta_{ij} - p_j)", lambda v: np.diag(_soft(v.z)) - np.outer(_soft(v.z), _soft(v.z))
            ),
            true(
                r"\delta_{ij} p_i - p_i p_j", lambda v: np.diag(_soft(v.z)) - np.outer(_soft(v.z), _soft(v.z))
            ),
            false(
                "sign",
                r"p_j (\delta_{ij} + p_i)",
                lambda v: np.diag(_soft(v.z)) + np.outer(_soft(v.z), _soft(v.z)),
            ),
            false(
                "wrong index",
                r"p_j (\delta_{ij} - p_j)",
                lambda v: np.diag(_soft(v.z)) - np.outer(_soft(v.z) ** 2, np.ones(4)),
            ),
            false("dropped term", r"- p_i p_j", lambda v: -np.outer(_soft(v.z), _soft(v.z))),
        ),
    ),
    Row(
        "softmax",
        "With one-hot labels $\\sum_k y_k = 1$ and\n\n$$\np_i = \\frac{\\exp(z_i)}{\\sum_{j=1}^{K} \\exp(z_j)}, \\qquad L = -\\sum_{k=1}^{K} y_k \\log p_k\n$$",
        "z:k y:k%",
        r"\frac{\partial L}{\partial z_i}",
        lambda v: grad("z", lambda u: -((v.y / v.y.sum()) * np.log(_soft(u.z))).sum())(v),
        (
            true(r"p_i - y_i", lambda v: _soft(v.z) - v.y / v.y.sum()),
            true(
                r"-\sum_{k} y_k \frac{1}{p_k} \frac{\partial p_k}{\partial z_i}",
                lambda v: _soft(v.z) - v.y / v.y.sum(),
            ),
            true(r"\sum_k y_k p_i - y_i", lambda v: _soft(v.z) - v.y / v.y.sum()),
            false("sign", r"y_i - p_i", lambda v: -_soft(v.z) + v.y / v.y.sum()),
            false(
                "wrong index",
                r"\sum_k y_k p_k - y_i",
                lambda v: (v.y / v.y.sum()) @ _soft(v.z) - v.y / v.y.sum(),
            ),
            false("dropped term", r"- y_i", lambda v: -v.y / v.y.sum()),
            false(
                "lost chain factor",
                r"-\sum_{k} y_k \frac{1}{p_k}",
                lambda v: -(v.y / v.y.sum() / _soft(v.z)).sum() * np.ones(4),
            ),
        ),
    ),
    Row(
        "softmax",
        "Softmax regression with $W \\in \\mathbb{R}^{K \\times d}$, $x \\in \\mathbb{R}^d$:\n\n$$\nL = -\\sum_{k=1}^{K} y_k z_k + \\log \\sum_{k=1}^{K} e^{z_k}, \\qquad z = W x\n$$\n\nand $p = \\mathrm{softmax}(z)$.",
        "W:k,d x:d y:k",
        r"\frac{\partial L}{\partial W}",
        grad("W", lambda v: -(v.y @ v.W @ v.x) + np.log(np.exp(v.W @ v.x).sum())),
        (
            true(r"(p - y) x^T", lambda v: np.outer(_soft(v.W @ v.x) - v.y, v.x)),
            true(r"p x^\top - y x^\top", lambda v: np.outer(_soft(v.W @ v.x) - v.y, v.x)),
            false("sign", r"(y - p) x^T", lambda v: -np.outer(_soft(v.W @ v.x) - v.y, v.x)),
            false("sign", r"(p + y) x^T", lambda v: np.outer(_soft(v.W @ v.x) + v.y, v.x)),
            false("wrong name", r"(z - y) x^T", lambda v: np.outer(v.W @ v.x - v.y, v.x)),
        ),
        layouts=True,
    ),
    Row(
        "svm",
        "The Lagrangian of the soft margin is\n\n$$\n\\mathcal{L} = \\frac{1}{2} \\|\\mathbf{w}\\|^2 - \\sum_{i=1}^{n} \\alpha_i \\left( y_i (\\mathbf{w}^\\top \\mathbf{x}_i + b) - 1 \\right)\n$$",
        "X:n,d w:d y:n a:n b:",
        r"\frac{\partial \mathcal{L}}{\partial \mathbf{w}}",
        grad("w", lambda v: v.w @ v.w / 2 - (v.a * (v.y * (v.X @ v.w + v.b) - 1)).sum()),
        (
            true(
                r"\mathbf{w} - \sum_{i=1}^{n} \alpha_i y_i \mathbf{x}_i", lambda v: v.w - v.X.T @ (v.a * v.y)
            ),
            true(r"\mathbf{w} - \sum_{j} \alpha_j y_j \mathbf{x}_j", lambda v: v.w - v.X.T @ (v.a * v.y)),
            false(
                "factor",
                r"2 \mathbf{w} - \sum_{i=1}^{n} \alpha_i y_i \mathbf{x}_i",
                lambda v: 2 * v.w - v.X.T @ (v.a * v.y),
            ),
            false(
                "sign",
                r"\mathbf{w} + \sum_{i=1}^{n} \alpha_i y_i \mathbf{x}_i",
                lambda v: v.w + v.X.T @ (v.a * v.y),
            ),
            false(
                "dropped factor",
                r"\mathbf{w} - \sum_{i=1}^{n} \alpha_i \mathbf{x}_i",
                lambda v: v.w - v.X.T @ v.a,
            ),
            false(
                "dropped factor", r"\mathbf{w} - \sum_{i=1}^{n} y_i \mathbf{x}_i", lambda v: v.w - v.X.T @ v.y
            ),
        ),
    ),
    Row(
        "svm",
        "$$\n\\mathcal{L}(w, b) = \\frac{1}{2} w^T w - \\sum_{i=1}^{n} \\alpha_i \\left( y_i (w^T x_i + b) - 1 \\right)\n$$",
        "X:n,d w:d y:n a:n b:",
        r"\frac{\partial \mathcal{L}}{\partial b}",
        grad("b", lambda v: v.w @ v.w / 2 - (v.a * (v.y * (v.X @ v.w + v.b) - 1)).sum()),
        (
            true(r"-\sum_{i=1}^{n} \alpha_i y_i", lambda v: -(v.a * v.y).sum()),
            false("sign", r"\sum_{i=1}^{n} \alpha_i y_i", lambda v: (v.a * v.y).sum()),
            false("dropped factor", r"-\sum_{i=1}^{n} \alpha_i", lambda v: -v.a.sum()),
        ),
    ),
    Row(
        "dual",
        "At the optimum $\\mathbf{w} = \\sum_{i=1}^{n} \\alpha_i y_i \\mathbf{x}_i$.",
        "X:n,d y:n a:n",
        r"\mathbf{w}^\top \mathbf{w}",
        lambda v: (v.X.T @ (v.a * v.y)) @ (v.X.T @ (v.a * v.y)),
        (
            true(
                r"\sum_{i=1}^{n} \sum_{j=1}^{n} \alpha_i \alpha_j y_i y_j \mathbf{x}_i^\top \mathbf{x}_j",
                lambda v: (v.X.T @ (v.a * v.y)) @ (v.X.T @ (v.a * v.y)),
            ),
            true(
                r"\sum_{i=1}^{n} \alpha_i y_i \mathbf{w}^\top \mathbf{x}_i",
                lambda v: (v.X.T @ (v.a * v.y)) @ (v.X.T @ (v.a * v.y)),
            ),
            false(
                "wrong index",
                r"\sum_{i=1}^{n} \alpha_i \alpha_i y_i y_i \mathbf{x}_i^\top \mathbf{x}_i",
                lambda v: ((v.a * v.y) ** 2 * (v.X**2).sum(1)).sum(),
            ),
            false(
                "factor",
                r"2 \sum_{i=1}^{n} \sum_{j=1}^{n} \alpha_i \alpha_j y_i y_j \mathbf{x}_i^\top \mathbf{x}_j",
                lambda v: 2 * (v.X.T @ (v.a * v.y)) @ (v.X.T @ (v.a * v.y)),
            ),
        ),
    ),
    Row(
        "word vectors",
        "The skip-gram loss of a centre word $\\mathbf{v}$ and output vectors $\\mathbf{u}_w$ is\n\n$$\nJ = -\\mathbf{u}_o^\\top \\mathbf{v} + \\log \\sum_{w=1}^{V} \\exp(\\mathbf{u}_w^\\top \\mathbf{v})\n$$",
        "U:p,d v:d",
        r"\frac{\partial J}{\partial \mathbf{v}}",
        grad("v", lambda v: -v.U[0] @ v.v + np.log(np.exp(v.U @ v.v).sum())),
        (
            true(
                r"-\mathbf{u}_o + \frac{\sum_{w=1}^{V} \exp(\mathbf{u}_w^\top \mathbf{v}) \mathbf{u}_w}{\sum_{w=1}^{V} \exp(\mathbf{u}_w^\top \mathbf{v})}",
                lambda v: -v.U[0] + v.U.T @ _soft(v.U @ v.v),
            ),
            true(
                r"-\mathbf{u}_o + \sum_{w=1}^{V} \frac{\exp(\mathbf{u}_w^\top \mathbf{v})}{\sum_{x=1}^{V} \exp(\mathbf{u}_x^\top \mathbf{v})} \mathbf{u}_w",
                lambda v: -v.U[0] + v.U.T @ _soft(v.U @ v.v),
            ),
            false(
                "sign",
                r"\mathbf{u}_o - \sum_{w=1}^{V} \frac{\exp(\mathbf{u}_w^\top \mathbf{v})}{\sum_{x=1}^{V} \exp(\mathbf{u}_x^\top \mathbf{v})} \mathbf{u}_w",
                lambda v: v.U[0] - v.U.T @ _soft(v.U @ v.v),
            ),
            false(
                "lost chain factor",
                r"-\mathbf{u}_o + \sum_{w=1}^{V} \exp(\mathbf{u}_w^\top \mathbf{v}) \mathbf{u}_w",
                lambda v: -v.U[0] + v.U.T @ np.exp(v.U @ v.v),
            ),
            false("dropped term", r"-\mathbf{u}_o", lambda v: -v.U[0]),
        ),
    ),
    Row(
        "word vectors",
        "GloVe minimises\n\n$$\nJ = \\sum_{i=1}^{V} \\sum_{j=1}^{V} f_{ij} (w_i^T \\tilde{w}_j + b_i + \\tilde{b}_j - \\log X_{ij})^2\n$$",
        "F:p,p W:p,d T:p,d b:p c:p X:p,p%",
        r"\frac{\partial J}{\partial w_i}",
        grad("W", lambda v: (v.F * (v.W @ v.T.T + v.b[:, None] + v.c - np.log(v.X)) ** 2).sum()),
        (
            true(
                r"2 \sum_{j=1}^{V} f_{ij} (w_i^T \tilde{w}_j + b_i + \tilde{b}_j - \log X_{ij}) \tilde{w}_j",
                lambda v: 2 * (v.F * (v.W @ v.T.T + v.b[:, None] + v.c - np.log(v.X))) @ v.T,
            ),
            false(
                "factor",
                r"\sum_{j=1}^{V} f_{ij} (w_i^T \tilde{w}_j + b_i + \tilde{b}_j - \log X_{ij}) \tilde{w}_j",
                lambda v: (v.F * (v.W @ v.T.T + v.b[:, None] + v.c - np.log(v.X))) @ v.T,
            ),
            false(
                "wrong name",
                r"2 \sum_{j=1}^{V} f_{ij} (w_i^T \tilde{w}_j + b_i + \tilde{b}_j - \log X_{ij}) w_i",
                lambda v: 2 * (v.F * (v.W @ v.T.T + v.b[:, None] + v.c - np.log(v.X))).sum(1)[:, None] * v.W,
            ),
            false(
                "sign",
                r"2 \sum_{j=1}^{V} f_{ij} (w_i^T \tilde{w}_j - b_i - \tilde{b}_j + \log X_{ij}) \tilde{w}_j",
                lambda v: 2 * (v.F * (v.W @ v.T.T - v.b[:, None] - v.c + np.log(v.X))) @ v.T,
            ),
        ),
    ),
)

ROWS = (*LINEAR, *LOGISTIC)
