"""The edges of simplices: flows between the corners of a cell, each by what its two corners have.

Values are P1 fields, read at the middle of a cell: integrals take one point there. Keep them in
forms of their own: FFCx confuses a field that two quadrature rules of one form read.
"""

from itertools import combinations

import ufl
from ufl.core.expr import Expr

CENTROID_RULE = {"quadrature_degree": 1}


def at_corners(field: Expr, mesh: ufl.AbstractDomain) -> list[Expr]:
    """Return the values of a P1 field at the corners of the cell."""
    return [field + ufl.dot(ufl.grad(field), away) for away in _from_the_middle(mesh)]


def edges(dimension: int) -> list[tuple[int, int]]:
    """Return the corners (first, second) of every edge of a cell."""
    return list(combinations(range(dimension + 1), 2))


def conductances(tensor: Expr, mesh: ufl.AbstractDomain) -> list[Expr]:
    """Return g of every edge: -grad(phi_1).T grad(phi_2), P1 functions of its corners; T symmetric.

    (T grad u).grad w is the sum of g (u_1 - u_2)(w_1 - w_2).
    """
    inverse = ufl.JacobianInverse(mesh)
    dimension = inverse.ufl_shape[0]
    others = [ufl.as_vector([inverse[k, i] for i in range(dimension)]) for k in range(dimension)]
    gradients = [-sum(others[1:], others[0]), *others]
    return [-ufl.dot(gradients[i], ufl.dot(tensor, gradients[j])) for i, j in edges(dimension)]


def through_edges(conductances: list[Expr], driven: list[Expr], w: list[Expr]) -> Expr:
    """Return the sum of g d (w_1 - w_2) over the edges, d being what drives each."""
    pairs = edges(len(w) - 1)
    flows = zip(conductances, driven, pairs, strict=True)
    return sum(g * d * (w[i] - w[j]) for g, d, (i, j) in flows)


def _from_the_middle(mesh: ufl.AbstractDomain) -> list[Expr]:
    """From the centroid to each corner."""
    jacobian = ufl.Jacobian(mesh)
    dimension = jacobian.ufl_shape[0]
    sides = [ufl.as_vector([jacobian[i, k] for i in range(dimension)]) for k in range(dimension)]
    middle = sum(sides[1:], sides[0]) / (dimension + 1)
    return [-middle, *(side - middle for side in sides)]
