"""How an operator of the instance signs in; what they do there is above this package."""

from __future__ import annotations

from portal.auth.views.operator import set_up as set_up
from portal.auth.views.operator import signing_in as signing_in
from portal.auth.views.operator.desk import links as links
from portal.auth.views.operator.desk import operator as operator
