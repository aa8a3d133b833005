"""A mypy plugin: `evolve` and `to` of a value take its fields by name, each with its own type."""

from collections.abc import Callable

from mypy.nodes import ARG_NAMED_OPT, ARG_STAR2, ArgKind, TypeInfo, Var
from mypy.plugin import MethodSigContext, Plugin
from mypy.types import FunctionLike, Instance, Type, get_proper_type

_VALUE = "shared.domain.values.Value"
_CHANGING = ("evolve", "to")


class ValuesPlugin(Plugin):
    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        return _with_fields if fullname.rpartition(".")[2] in _CHANGING else None


def _with_fields(context: MethodSigContext) -> FunctionLike:
    """The signature with the fields of the value in the place of `**changes`."""
    signature, changed = context.default_signature, get_proper_type(context.type)
    if not (isinstance(changed, Instance) and changed.type.has_base(_VALUE)):
        return signature
    own = [
        argument
        for argument in zip(signature.arg_names, signature.arg_kinds, signature.arg_types, strict=True)
        if argument[1] is not ARG_STAR2
    ]
    taken = {name for name, _, _ in own}
    arguments: list[tuple[str | None, ArgKind, Type]] = [
        *own,
        *((name, ARG_NAMED_OPT, type_) for name, type_ in _fields(changed.type).items() if name not in taken),
    ]
    names, kinds, types = zip(*arguments, strict=True)
    return signature.copy_modified(arg_names=list(names), arg_kinds=list(kinds), arg_types=list(types))


def _fields(info: TypeInfo) -> dict[str, Type]:
    """Of the class and its bases, the classes of pydantic left out."""
    return {
        name: symbol.node.type
        for base in reversed(info.mro)
        if base.has_base(_VALUE)
        for name, symbol in base.names.items()
        if isinstance(symbol.node, Var)
        and symbol.node.type is not None
        and not symbol.node.is_classvar
        and not name.startswith(("model_", "_"))
    }


def plugin(version: str) -> type[Plugin]:
    return ValuesPlugin
