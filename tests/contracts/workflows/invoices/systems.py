"""The systems of the tests' workflow."""

# ruff: noqa: TID252  (a workflow's folder is loaded as a package of its own)

from collections.abc import Mapping

from .cases import Match


class Erp:
    def order(self, number: str) -> Match:
        return Match(order=number, iban="")

    def post(self, number: str, account: str, key: str) -> str:
        return f"{number} {account} {key}"

    def cancel(self, receipt: str) -> None: ...

    def find(self, key: str) -> str | None:
        return None


class Bank:
    def schedule(self, number: str) -> str:
        return number

    def cancel(self, receipt: str) -> None: ...


def systems(settings: Mapping[str, str]) -> dict[str, object]:
    return {"erp": Erp(), "bank": Bank()}
