"""Quadratic forms, traces, determinants, inverses, norms, likelihoods and Lagrangians."""

# ruff: noqa: ARG005, E501, E731, N803
import numpy as np

from tensor_labels.rows import Row, false, grad, true

_inv = np.linalg.inv
_tr = np.trace
_ld = lambda A: np.linalg.slogdet(A)[1]

FORMS = (
    Row(
        "quadratic form",
        "Let $A \\in \\mathbb{R}^{n \\times n}$, $x \\in \\mathbb{R}^n$ and $f(x) = x^\\top A x$.",
        "A:n,n x:n",
        r"\nabla f(x)",
        grad("x", lambda v: v.x @ v.A @ v.x),
        (
            true(r"(A + A^\top) x", lambda v: (v.A + v.A.T) @ v.x),
            true(r"A x + A^\top x", lambda v: (v.A + v.A.T) @ v.x),
            false("symmetry", r"2 A x", lambda v: 2 * v.A @ v.x),
            false("factor", r"A x", lambda v: v.A @ v.x),
            false("sign", r"(A - A^\top) x", lambda v: (v.A - v.A.T) @ v.x),
        ),
    ),
    Row(
        "quadratic form",
        "Let $f(\\mathbf{x}) = \\frac{1}{2} \\mathbf{x}^T \\mathbf{A} \\mathbf{x} - \\mathbf{b}^T \\mathbf{x}$ with a symmetric matrix, $\\mathbf{A}^T = \\mathbf{A}$.",
        "A:n,n+ x:n b:n",
        r"\frac{\partial f}{\partial \mathbf{x}}",
        grad("x", lambda v: v.x @ v.A @ v.x / 2 - v.b @ v.x),
        (
            true(r"\mathbf{A} \mathbf{x} - \mathbf{b}", lambda v: v.A @ v.x - v.b),
            true(r"\mathbf{A}^T \mathbf{x} - \mathbf{b}", lambda v: v.A @ v.x - v.b),
            true(r"\mathbf{x}^T \mathbf{A} - \mathbf{b}^T", lambda v: v.A @ v.x - v.b),
            false("sign", r"\mathbf{A} \mathbf{x} + \mathbf{b}", lambda v: v.A @ v.x + v.b),
            false("factor", r"2 \mathbf{A} \mathbf{x} - \mathbf{b}", lambda v: 2 * v.A @ v.x - v.b),
            false("dropped term", r"\mathbf{A} \mathbf{x}", lambda v: v.A @ v.x),
        ),
    ),
    Row(
        "linear form",
        "Let $\\mathbf{a}, \\mathbf{x} \\in \\mathbb{R}^d$.",
        "a:d x:d",
        r"\frac{\partial \mathbf{a}^\top \mathbf{x}}{\partial \mathbf{x}}",
        grad("x", lambda v: v.a @ v.x),
        (
            true(r"\mathbf{a}", lambda v: v.a),
            true(r"\mathbf{a}^\top", lambda v: v.a),
            true(r"\frac{\partial \mathbf{x}^\top \mathbf{a}}{\partial \mathbf{x}}", lambda v: v.a),
            false("wrong name", r"\mathbf{x}", lambda v: v.x),
            false("sign", r"-\mathbf{a}", lambda v: -v.a),
            false("factor", r"2 \mathbf{a}", lambda v: 2 * v.a),
        ),
    ),
    Row(
        "jacobian",
        "Let $y = A x$ with $A \\in \\mathbb{R}^{m \\times n}$ and $x \\in \\mathbb{R}^n$.",
        "A:m,n x:n",
        r"\frac{\partial y}{\partial x}",
        lambda v: v.A,
        (
            true(r"A", lambda v: v.A),
            true(r"A^T", lambda v: v.A.T),
            false("factor", r"2 A", lambda v: 2 * v.A),
            false("sign", r"-A", lambda v: -v.A),
        ),
        layouts=True,
    ),
    Row(
        "jacobian",
        "Let $\\mathbf{y} = \\tanh(\\mathbf{W} \\mathbf{x})$.",
        "W:m,n x:n",
        r"\frac{\partial \mathbf{y}}{\partial \mathbf{x}}",
        grad("x", lambda v: np.tanh(v.W @ v.x)),
        (
            true(
                r"\mathrm{diag}(1 - \mathbf{y} \odot \mathbf{y}) \mathbf{W}",
                lambda v: np.diag(1 - np.tanh(v.W @ v.x) ** 2) @ v.W,
            ),
            false(
                "lost chain factor",
                r"\mathrm{diag}(1 - \mathbf{y} \odot \mathbf{y})",
                lambda v: np.diag(1 - np.tanh(v.W @ v.x) ** 2),
            ),
            false(
                "order",
                r"\mathbf{W} \mathrm{diag}(1 - \mathbf{y} \odot \mathbf{y})",
                lambda v: np.full((2, 5), np.nan),
            ),
            false(
                "sign",
                r"\mathrm{diag}(1 + \mathbf{y} \odot \mathbf{y}) \mathbf{W}",
                lambda v: np.diag(1 + np.tanh(v.W @ v.x) ** 2) @ v.W,
            ),
        ),
        layouts=True,
    ),
    Row(
        "hessian",
        "For $f(w) = \\|X w - y\\|^2$ with $X \\in \\mathbb{R}^{n \\times d}$, $w \\in \\mathbb{R}^d$, $y \\in \\mathbb{R}^n$:",
        "X:n,d w:d y:n",
        r"\nabla^2 f(w)",
        lambda v: 2 * v.X.T @ v.X,
        (
            true(r"2 X^\top X", lambda v: 2 * v.X.T @ v.X),
            false("factor", r"X^\top X", lambda v: v.X.T @ v.X),
            false("order", r"2 X X^\top", lambda v: 2 * v.X @ v.X.T),
            false("sign", r"-2 X^\top X", lambda v: -2 * v.X.T @ v.X),
        ),
    ),
    Row(
        "norm",
        "Let $f(\\mathbf{x}) = \\|\\mathbf{x}\\|_2$.",
        "x:d",
        r"\nabla f(\mathbf{x})",
        grad("x", lambda v: np.sqrt(v.x @ v.x)),
        (
            true(r"\frac{\mathbf{x}}{\|\mathbf{x}\|_2}", lambda v: v.x / np.sqrt(v.x @ v.x)),
            false("factor", r"\frac{2 \mathbf{x}}{\|\mathbf{x}\|_2}", lambda v: 2 * v.x / np.sqrt(v.x @ v.x)),
            false("power", r"\frac{\mathbf{x}}{\|\mathbf{x}\|_2^2}", lambda v: v.x / (v.x @ v.x)),
        ),
    ),
)

TRACES = (
    Row(
        "trace",
        "Let $A \\in \\mathbb{R}^{m \\times n}$ and $X \\in \\mathbb{R}^{n \\times m}$.",
        "A:m,n X:n,m",
        r"\frac{\partial \operatorname{tr}(A X)}{\partial X}",
        grad("X", lambda v: _tr(v.A @ v.X)),
        (
            true(r"A^\top", lambda v: v.A.T),
            true(r"A", lambda v: v.A),
            true(r"\frac{\partial \operatorname{tr}(X A)}{\partial X}", lambda v: v.A.T),
            false("factor", r"2 A^\top", lambda v: 2 * v.A.T),
            false("sign", r"-A^\top", lambda v: -v.A.T),
            false("wrong name", r"X", lambda v: v.X),
        ),
        layouts=True,
    ),
    Row(
        "trace",
        "Let $f(X) = \\mathrm{tr}(X^T A X)$ with $A \\in \\mathbb{R}^{n \\times n}$ and $X \\in \\mathbb{R}^{n \\times k}$.",
        "A:n,n X:n,k",
        r"\nabla_X f",
        grad("X", lambda v: _tr(v.X.T @ v.A @ v.X)),
        (
            true(r"(A + A^T) X", lambda v: (v.A + v.A.T) @ v.X),
            true(r"A X + A^T X", lambda v: (v.A + v.A.T) @ v.X),
            false("symmetry", r"2 A X", lambda v: 2 * v.A @ v.X),
            false("dropped term", r"A^T X", lambda v: v.A.T @ v.X),
        ),
    ),
    Row(
        "trace",
        "For matrices $\\mathbf{A}$, $\\mathbf{B}$ and $\\mathbf{C}$:",
        "A:m,n B:n,k C:k,m",
        r"\mathrm{Tr}(\mathbf{A} \mathbf{B} \mathbf{C})",
        lambda v: _tr(v.A @ v.B @ v.C),
        (
            true(r"\mathrm{Tr}(\mathbf{C} \mathbf{A} \mathbf{B})", lambda v: _tr(v.C @ v.A @ v.B)),
            true(
                r"\mathrm{Tr}(\mathbf{C}^\top \mathbf{B}^\top \mathbf{A}^\top)",
                lambda v: _tr((v.A @ v.B @ v.C).T),
            ),
            false("order", r"\mathrm{Tr}(\mathbf{A} \mathbf{C} \mathbf{B})", lambda v: np.nan),
        ),
    ),
    Row(
        "determinant",
        "Let $\\mathbf{X}$ be an invertible matrix.",
        "X:n,n~",
        r"\frac{\partial \log \det \mathbf{X}}{\partial \mathbf{X}}",
        grad("X", lambda v: _ld(v.X)),
        (
            true(r"\mathbf{X}^{-\top}", lambda v: _inv(v.X).T),
            true(r"(\mathbf{X}^{-1})^\top", lambda v: _inv(v.X).T),
            true(r"\mathbf{X}^{-1}", lambda v: _inv(v.X)),
            false("sign", r"-\mathbf{X}^{-\top}", lambda v: -_inv(v.X).T),
            false("power", r"\mathbf{X}^\top", lambda v: v.X.T),
            false("factor", r"2 \mathbf{X}^{-\top}", lambda v: 2 * _inv(v.X).T),
        ),
        layouts=True,
    ),
    Row(
        "determinant",
        "Let $f(X) = \\det(X)$ with $X \\in \\mathbb{R}^{n \\times n}$.",
        "X:n,n~",
        r"\nabla_X f",
        grad("X", lambda v: np.linalg.det(v.X)),
        (
            true(r"\det(X) X^{-T}", lambda v: np.linalg.det(v.X) * _inv(v.X).T),
            true(r"\det(X) (X^{-1})^T", lambda v: np.linalg.det(v.X) * _inv(v.X).T),
            false("dropped factor", r"X^{-T}", lambda v: _inv(v.X).T),
            false("power", r"\det(X) X^{T}", lambda v: np.linalg.det(v.X) * v.X.T),
        ),
    ),
    Row(
        "inverse",
        "Let $f(X) = a^\\top X^{-1} b$ with $X \\in \\mathbb{R}^{n \\times n}$ and $a, b \\in \\mathbb{R}^n$.",
        "X:n,n~ a:n b:n",
        r"\frac{\partial f}{\partial X}",
        grad("X", lambda v: v.a @ _inv(v.X) @ v.b),
        (
            true(r"-X^{-\top} a b^\top X^{-\top}", lambda v: -_inv(v.X).T @ np.outer(v.a, v.b) @ _inv(v.X).T),
            true(r"-X^{-1} b a^\top X^{-1}", lambda v: (-_inv(v.X).T @ np.outer(v.a, v.b) @ _inv(v.X).T).T),
            false(
                "sign",
                r"X^{-\top} a b^\top X^{-\top}",
                lambda v: _inv(v.X).T @ np.outer(v.a, v.b) @ _inv(v.X).T,
            ),
            false(
                "order",
                r"-X^{-\top} b a^\top X^{-\top}",
                lambda v: -_inv(v.X).T @ np.outer(v.b, v.a) @ _inv(v.X).T,
            ),
            false("dropped factor", r"-a b^\top X^{-\top}", lambda v: -np.outer(v.a, v.b) @ _inv(v.X).T),
        ),
        layouts=True,
    ),
    Row(
        "woodbury",
        "With $\\mathbf{X} \\in \\mathbb{R}^{n \\times d}$ and $\\lambda > 0$:",
        "X:n,d l:",
        r"(\mathbf{X}^\top \mathbf{X} + \lambda \mathbf{I})^{-1} \mathbf{X}^\top",
        lambda v: _inv(v.X.T @ v.X + v.l * np.eye(3)) @ v.X.T,
        (
            true(
                r"\mathbf{X}^\top (\mathbf{X} \mathbf{X}^\top + \lambda \mathbf{I})^{-1}",
                lambda v: v.X.T @ _inv(v.X @ v.X.T + v.l * np.eye(5)),
            ),
            false(
                "sign",
                r"\mathbf{X}^\top (\mathbf{X} \mathbf{X}^\top - \lambda \mathbf{I})^{-1}",
                lambda v: v.X.T @ _inv(v.X @ v.X.T - v.l * np.eye(5)),
            ),
            false(
                "order",
                r"\mathbf{X}^\top (\mathbf{X}^\top \mathbf{X} + \lambda \mathbf{I})^{-1}",
                lambda v: np.full((3, 5), np.nan),
            ),
            false(
                "factor",
                r"2 \mathbf{X}^\top (\mathbf{X} \mathbf{X}^\top + \lambda \mathbf{I})^{-1}",
                lambda v: 2 * v.X.T @ _inv(v.X @ v.X.T + v.l * np.eye(5)),
            ),
        ),
    ),
    Row(
        "products",
        "Let $A \\in \\mathbb{R}^{m \\times n}$ and $B \\in \\mathbb{R}^{n \\times k}$.",
        "A:m,n B:n,k",
        r"(A B)^T",
        lambda v: (v.A @ v.B).T,
        (
            true(r"B^T A^T", lambda v: v.B.T @ v.A.T),
            false("order", r"A^T B^T", lambda v: np.full((4, 2), np.nan)),
            false("sign", r"-B^T A^T", lambda v: -v.B.T @ v.A.T),
        ),
    ),
    Row(
        "products",
        "Square matrices $A, B \\in \\mathbb{R}^{n \\times n}$ are given.",
        "A:n,n B:n,n",
        r"(A + B)^2",
        lambda v: (v.A + v.B) @ (v.A + v.B),
        (
            true(r"A^2 + A B + B A + B^2", lambda v: v.A @ v.A + v.A @ v.B + v.B @ v.A + v.B @ v.B),
            false("order", r"A^2 + 2 A B + B^2", lambda v: v.A @ v.A + 2 * v.A @ v.B + v.B @ v.B),
            false("dropped term", r"A^2 + B^2", lambda v: v.A @ v.A + v.B @ v.B),
        ),
    ),
    Row(
        "products",
        "Square matrices $A, B \\in \\mathbb{R}^{n \\times n}$ are given.",
        "A:n,n~ B:n,n~",
        r"(A B)^{-1}",
        lambda v: _inv(v.A @ v.B),
        (
            true(r"B^{-1} A^{-1}", lambda v: _inv(v.B) @ _inv(v.A)),
            false("order", r"A^{-1} B^{-1}", lambda v: _inv(v.A) @ _inv(v.B)),
        ),
    ),
)

LIKELIHOODS = (
    Row(
        "gaussian",
        "The log-likelihood is\n\n$$\n\\ell = -\\frac{N}{2} \\log \\det \\Sigma - \\frac{1}{2} \\sum_{i=1}^{N} (x_i - \\mu)^\\top \\Sigma^{-1} (x_i - \\mu)\n$$\n\nwith the symmetric $\\Sigma^\\top = \\Sigma$.",
        "S:d,d+ X:n,d u:d",
        r"\frac{\partial \ell}{\partial \mu}",
        grad("u", lambda v: -0.5 * np.einsum("ia,ab,ib", v.X - v.u, _inv(v.S), v.X - v.u)),
        (
            true(r"\sum_{i=1}^{N} \Sigma^{-1} (x_i - \mu)", lambda v: _inv(v.S) @ (v.X - v.u).sum(0)),
            true(r"\Sigma^{-1} \sum_{i=1}^{N} (x_i - \mu)", lambda v: _inv(v.S) @ (v.X - v.u).sum(0)),
            true(
                r"\Sigma^{-1} \left( \sum_{i=1}^{N} x_i - N \mu \right)",
                lambda v: _inv(v.S) @ (v.X - v.u).sum(0),
            ),
            false(
                "sign", r"-\sum_{i=1}^{N} \Sigma^{-1} (x_i - \mu)", lambda v: -_inv(v.S) @ (v.X - v.u).sum(0)
            ),
            false(
                "factor",
                r"\frac{1}{2} \Sigma^{-1} \sum_{i=1}^{N} (x_i - \mu)",
                lambda v: 0.5 * _inv(v.S) @ (v.X - v.u).sum(0),
            ),
            false("power", r"\Sigma \sum_{i=1}^{N} (x_i - \mu)", lambda v: v.S @ (v.X - v.u).sum(0)),
            false(
                "dropped factor",
                r"\Sigma^{-1} \left( \sum_{i=1}^{N} x_i - \mu \right)",
                lambda v: _inv(v.S) @ (v.X.sum(0) - v.u),
            ),
        ),
    ),
    Row(
        "gaussian",
        "$$\n\\mathcal{L} = -\\frac{N}{2} \\log |\\boldsymbol{\\Sigma}| - \\frac{1}{2} \\sum_{i=1}^{N} (\\mathbf{x}_i - \\boldsymbol{\\mu})^T \\boldsymbol{\\Sigma}^{-1} (\\mathbf{x}_i - \\boldsymbol{\\mu})\n$$\n\nwhere $\\boldsymbol{\\Sigma}^T = \\boldsymbol{\\Sigma}$.",
        "S:d,d+ X:n,d u:d",
        r"\frac{\partial \mathcal{L}}{\partial \boldsymbol{\Sigma}}",
        grad("S", lambda v: -2.5 * _ld(v.S) - 0.5 * np.einsum("ia,ab,ib", v.X - v.u, _inv(v.S), v.X - v.u)),
        (
            true(
                r"-\frac{N}{2} \boldsymbol{\Sigma}^{-1} + \frac{1}{2} \sum_{i=1}^{N} \boldsymbol{\Sigma}^{-1} (\mathbf{x}_i - \boldsymbol{\mu}) (\mathbf{x}_i - \boldsymbol{\mu})^T \boldsymbol{\Sigma}^{-1}",
                lambda v: -2.5 * _inv(v.S) + 0.5 * _inv(v.S) @ (v.X - v.u).T @ (v.X - v.u) @ _inv(v.S),
            ),
            false(
                "sign",
                r"-\frac{N}{2} \boldsymbol{\Sigma}^{-1} - \frac{1}{2} \sum_{i=1}^{N} \boldsymbol{\Sigma}^{-1} (\mathbf{x}_i - \boldsymbol{\mu}) (\mathbf{x}_i - \boldsymbol{\mu})^T \boldsymbol{\Sigma}^{-1}",
                lambda v: -2.5 * _inv(v.S) - 0.5 * _inv(v.S) @ (v.X - v.u).T @ (v.X - v.u) @ _inv(v.S),
            ),
            false(
                "dropped factor",
                r"-\frac{N}{2} \boldsymbol{\Sigma}^{-1} + \frac{1}{2} \sum_{i=1}^{N} (\mathbf{x}_i - \boldsymbol{\mu}) (\mathbf{x}_i - \boldsymbol{\mu})^T \boldsymbol{\Sigma}^{-1}",
                lambda v: -2.5 * _inv(v.S) + 0.5 * (v.X - v.u).T @ (v.X - v.u) @ _inv(v.S),
            ),
        ),
        layouts=True,
    ),
    Row(
        "pca",
        "Maximise the variance under $w^T w = 1$ with the Lagrangian\n\n$$\nL(w, \\lambda) = w^T S w - \\lambda (w^T w - 1)\n$$\n\nwhere $S^T = S$.",
        "S:d,d+ w:d l:",
        r"\frac{\partial L}{\partial w}",
        grad("w", lambda v: v.w @ v.S @ v.w - v.l * (v.w @ v.w - 1)),
        (
            true(r"2 S w - 2 \lambda w", lambda v: 2 * v.S @ v.w - 2 * v.l * v.w),
            true(r"2 (S - \lambda I) w", lambda v: 2 * v.S @ v.w - 2 * v.l * v.w),
            false("factor", r"S w - \lambda w", lambda v: v.S @ v.w - v.l * v.w),
            false("sign", r"2 S w + 2 \lambda w", lambda v: 2 * v.S @ v.w + 2 * v.l * v.w),
            false("factor", r"2 S w - \lambda w", lambda v: 2 * v.S @ v.w - v.l * v.w),
            false("wrong name", r"2 S w - 2 w", lambda v: 2 * v.S @ v.w - 2 * v.w),
        ),
    ),
    Row(
        "pca",
        "$$\n\\mathcal{L}(\\mathbf{u}, \\lambda) = \\mathbf{u}^\\top \\mathbf{S} \\mathbf{u} + \\lambda (1 - \\mathbf{u}^\\top \\mathbf{u})\n$$",
        "S:d,d w:d l:",
        r"\frac{\partial \mathcal{L}}{\partial \lambda}",
        grad("l", lambda v: v.w @ v.S @ v.w + v.l * (1 - v.w @ v.w)),
        (
            true(r"1 - \mathbf{u}^\top \mathbf{u}", lambda v: 1 - v.w @ v.w),
            true(r"1 - \|\mathbf{u}\|^2", lambda v: 1 - v.w @ v.w),
            false("sign", r"\mathbf{u}^\top \mathbf{u} - 1", lambda v: v.w @ v.w - 1),
            false("dropped term", r"- \mathbf{u}^\top \mathbf{u}", lambda v: -v.w @ v.w),
        ),
    ),
    Row(
        "factorization",
        "Matrix factorization minimises\n\n$$\nJ = \\|\\mathbf{R} - \\mathbf{U} \\mathbf{V}^T\\|_F^2 + \\lambda \\|\\mathbf{U}\\|_F^2\n$$",
        "R:n,k U:n,d V:k,d l:",
        r"\frac{\partial J}{\partial \mathbf{U}}",
        grad("U", lambda v: ((v.R - v.U @ v.V.T) ** 2).sum() + v.l * (v.U**2).sum()),
        (
            true(
                r"-2 (\mathbf{R} - \mathbf{U} \mathbf{V}^T) \mathbf{V} + 2 \lambda \mathbf{U}",
                lambda v: -2 * (v.R - v.U @ v.V.T) @ v.V + 2 * v.l * v.U,
            ),
            true(
                r"2 \mathbf{U} \mathbf{V}^T \mathbf{V} - 2 \mathbf{R} \mathbf{V} + 2 \lambda \mathbf{U}",
                lambda v: -2 * (v.R - v.U @ v.V.T) @ v.V + 2 * v.l * v.U,
            ),
            false(
                "sign",
                r"2 (\mathbf{R} - \mathbf{U} \mathbf{V}^T) \mathbf{V} + 2 \lambda \mathbf{U}",
                lambda v: 2 * (v.R - v.U @ v.V.T) @ v.V + 2 * v.l * v.U,
            ),
            false(
                "factor",
                r"-2 (\mathbf{R} - \mathbf{U} \mathbf{V}^T) \mathbf{V} + \lambda \mathbf{U}",
                lambda v: -2 * (v.R - v.U @ v.V.T) @ v.V + v.l * v.U,
            ),
            false(
                "dropped term",
                r"-2 (\mathbf{R} - \mathbf{U} \mathbf{V}^T) \mathbf{V}",
                lambda v: -2 * (v.R - v.U @ v.V.T) @ v.V,
            ),
        ),
    ),
    Row(
        "projection",
        "Let $P = A (A^T A)^{-1} A^T$ with $A \\in \\mathbb{R}^{n \\times d}$.",
        "A:n,d",
        r"P P",
        lambda v: v.A @ _inv(v.A.T @ v.A) @ v.A.T,
        (
            true(r"P", lambda v: v.A @ _inv(v.A.T @ v.A) @ v.A.T),
            true(r"P^T", lambda v: v.A @ _inv(v.A.T @ v.A) @ v.A.T),
            false("identity", r"I", lambda v: np.eye(5)),
            false("factor", r"2 P", lambda v: 2 * v.A @ _inv(v.A.T @ v.A) @ v.A.T),
        ),
    ),
)

ROWS = (*FORMS, *TRACES, *LIKELIHOODS)
