"""Every promise in the features is kept, and none of them is lost on the way."""

from pytest_bdd import scenarios

scenarios(".")
