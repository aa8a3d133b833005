"""The subject alternative names of a certificate. Its common name does not count: clients ignore it."""

from cryptography import x509

from shared.domain.certificate_names import Told, dns_names


def names_of(certificate: x509.Certificate) -> Told:
    """`certificate`: one that `parsed` has read, so that its extensions are known to be readable."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return Told()
    others = [_with_kind(name) for name in names if not isinstance(name, x509.DNSName)]
    return dns_names(names.get_values_for_type(x509.DNSName), others)


def _with_kind(name: x509.GeneralName) -> str:
    match name:
        case x509.IPAddress():
            return f"IP:{name.value}"
        case x509.RFC822Name():
            return f"email:{name.value}"
        case x509.UniformResourceIdentifier():
            return f"URI:{name.value}"
        case x509.DirectoryName():
            return f"directory:{name.value.rfc4514_string()}"
        case x509.RegisteredID():
            return f"id:{name.value.dotted_string}"
        case x509.OtherName():
            return f"other:{name.type_id.dotted_string}"
        case _:
            return f"other:{type(name).__name__}"
