"""Refusals of ROS. Codes and words: the vendor's pages of CreateStack, UpdateStack and their like."""

from __future__ import annotations

from emulator.api import ApiError


def bad_form(reason: str) -> ApiError:
    return ApiError(400, "InvalidSchema", f"{reason}.")


def bad_version(reason: str) -> ApiError:
    return ApiError(400, "InvalidTemplateVersion", f"The template version is invalid: {reason}.")


def bad_section(section: str) -> ApiError:
    return ApiError(400, "InvalidTemplateSection", f"The template section is invalid: {section}.")


def bad_reference(name: str, where: str) -> ApiError:
    return ApiError(
        400, "InvalidTemplateReference", f'The specified reference "{name}" (in {where}) is incorrect.'
    )


def bad_attribute(resource: str, name: str) -> ApiError:
    return ApiError(
        400, "InvalidTemplateAttribute", f"The Referenced Attribute ({resource} {name}) is incorrect."
    )


def circular(names: str) -> ApiError:
    return ApiError(400, "CircularDependency", f"Circular Dependency Found: {names}.")


def invalid(reason: str) -> ApiError:
    return ApiError(400, "StackValidationFailed", f"{reason}.")


def unknown_parameter(name: str) -> ApiError:
    return ApiError(400, "UnknownUserParameter", f"The Parameter ({name}) was not defined in template.")


def missing_parameter(name: str) -> ApiError:
    return ApiError(400, "UserParameterMissing", f"The Parameter {name} was not provided.")


def bad_value(name: str, value: str) -> ApiError:
    """Of a parameter of the request or of the template; `value` as it may be shown."""
    return ApiError(400, "InvalidParameter", f"The specified value {value} of {name} is invalid.")  # [guess]


def one_of(*names: str) -> ApiError:
    told = " and ".join(names)
    return ApiError(400, "InvalidParameter", f"You must specify one of {told}, and only one.")  # [guess]


def no_stack(name: str) -> ApiError:
    return ApiError(404, "StackNotFound", f"The Stack ({name}) could not be found.")


def no_resource(name: str, stack: str) -> ApiError:
    return ApiError(404, "ResourceNotFound", f"The Resource ({name}) could not be found in Stack {stack}.")


def exists(name: str) -> ApiError:
    return ApiError(409, "StackExists", f"The Stack ({name}) already exists.")


def busy(name: str, action: str) -> ApiError:
    return ApiError(409, "ActionInProgress", f"Stack {name} already has an action ({action}) in progress.")


def not_supported(reason: str) -> ApiError:
    return ApiError(400, "NotSupported", f"{reason}.")


def not_emulated(what: str) -> ApiError:
    return ApiError(501, "NotEmulated", f"{what} is not emulated.")
