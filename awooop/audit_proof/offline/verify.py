"""Verify an archive of AwoooP offline: `python3 verify.py [ARCHIVE.zip | FOLDER]`.

Needs Python 3.9 or newer and nothing else; asks no network. Without an argument it verifies the
folder that it stands in. `--fingerprint HEX` is the signer's key as you know it from elsewhere (the
installation's /.well-known/awooop-audit-keys.json, or its operators); `--anchors FILE` are anchors
that somebody kept outside. Exit code 0: verified; 1: not; 2: nothing to verify.
"""

import argparse
import base64
import hashlib
import json
import pathlib
import sys
import zipfile

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
RECORDS, LEAVES, ANCHORS = "audit/records.jsonl", "audit/leaves.txt", "audit/anchors.jsonl"


class Failed(Exception):
    """What is wrong with the archive."""


# --- Ed25519, verification only (RFC 8032, 5.1.7) -------------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def _recover_x(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _point(data):
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = _recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


_BASE_Y = 4 * pow(5, P - 2, P) % P
_BASE_X = _recover_x(_BASE_Y, 0)
BASE = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % P)


def ed25519_verifies(public, message, signature):
    """Whether the signature (64 bytes) of a message is by the key of these 32 public bytes."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, r = _point(public), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L:
        return False
    data = signature[:32] + public + message
    h = int.from_bytes(hashlib.sha512(data).digest(), "little") % L
    left, right = _multiply(s, BASE), _add(r, _multiply(h, key))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- The archive ----------------------------------------------------------------------------------
def canonical(value):
    """The one form that is hashed and signed: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def read(place):
    """The archive's files by name, from a zip or a folder; nothing is unpacked."""
    path = pathlib.Path(place)
    if path.is_dir():
        found = sorted(each for each in path.rglob("*") if each.is_file())
        names = {each.relative_to(path).as_posix(): each for each in found}
        return {name: each.read_bytes() for name, each in names.items() if _ours(name)}
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if len(names) != len(set(names)):
            raise Failed("a file is in the archive twice")
        return {name: archive.read(name) for name in names}


def _ours(name):
    return "__pycache__" not in name and not name.endswith(".pyc")


def check_manifest(files, fingerprint):
    """The manifest, signed by the key that it names; every file as it says, and no other."""
    for name in (MANIFEST, SIGNATURE):
        if name not in files:
            raise Failed(f"{name} is missing")
    manifest = json.loads(files[MANIFEST])
    public = base64.b64decode(manifest["public_key"])
    signature = base64.b64decode(files[SIGNATURE])
    if not ed25519_verifies(public, files[MANIFEST], signature):
        raise Failed("the manifest is not signed by the key that it names")
    if fingerprint and sha256(public) != fingerprint.lower().replace(":", ""):
        raise Failed(f"it is signed by another key than you expect: {sha256(public)}")
    listed = manifest["files"]
    for name in sorted(set(listed) - set(files)):
        raise Failed(f"{name} is missing")
    for name in sorted(set(files) - set(listed) - {MANIFEST, SIGNATURE}):
        raise Failed(f"{name} does not belong to the archive")
    for name, entry in sorted(listed.items()):
        if sha256(files[name]) != entry["sha256"]:
            raise Failed(f"{name} was altered")
    return manifest


def lines(files, name):
    return [line for line in files.get(name, b"").decode().split("\n") if line]


def walk(manifest, files):
    """Follow the digests over the records, there and left out; the digest after each number."""
    chain = manifest["chain"]
    records = {}
    for line in lines(files, RECORDS):
        record = json.loads(line)
        records[record["seq"]] = record
    left_out = dict(line.split() for line in lines(files, LEAVES))
    before, digest = None, chain["digest_before"]
    digests = {chain["first_seq"] - 1: digest}
    for seq in range(chain["first_seq"], chain["last_seq"] + 1):
        record = records.pop(seq, None)
        leaf = left_out.pop(str(seq), None) if record is None else sha256(canonical(record))
        if leaf is None:
            raise Failed(f"record {seq} is missing")
        if record and before and record["prev_hash"] != before:
            raise Failed(f"record {seq} does not follow its predecessor")
        before = record and record["hash"]
        digest = digests[seq] = sha256(f"{digest}{leaf}".encode())
    if records or left_out:
        raise Failed("there are records outside of the period")
    if digest != chain["digest_after"]:
        raise Failed("the records are not those that were signed")
    return digests


def check_anchors(manifest, digests, texts, where):
    """Each anchor signed by a key of the manifest, and the chain as it says; how many there are."""
    count = 0
    for text in texts:
        anchor = json.loads(text)
        if anchor.get("project_id") != manifest["project_id"] or anchor["seq"] not in digests:
            continue
        name = f"anchor {anchor['number']} ({where})"
        signature = base64.b64decode(anchor.pop("signature"))
        public = manifest["public_keys"].get(anchor["key_id"])
        if public is None:
            raise Failed(f"{name} is signed by a key that the archive does not know")
        if not ed25519_verifies(base64.b64decode(public), canonical(anchor), signature):
            raise Failed(f"{name} is not signed by the key that it names")
        if digests[anchor["seq"]] != anchor["digest"]:
            raise Failed(f"{name} saw another chain at record {anchor['seq']}")
        count += 1
    return count


def verify(place, fingerprint="", anchors=""):
    """Verify an archive; the lines to be told. Raises Failed."""
    files = read(place)
    manifest = check_manifest(files, fingerprint)
    digests = walk(manifest, files)
    chain = manifest["chain"]
    inside = check_anchors(manifest, digests, lines(files, ANCHORS), "in the archive")
    told = [
        f"{manifest['kind']} of {manifest['subject']}, project {manifest['project_id']}",
        f"made {manifest['made_at']} by {manifest['made_by']} at {manifest['issuer']}",
        f"{len(manifest['files'])} files are as they were signed",
        f"audit records {chain['first_seq']} to {chain['last_seq']}: {chain['records']} here, "
        f"{chain['left_out']} of other matters by their digest only; none altered, missing, "
        "added or in another order",
        f"{inside} anchors of the time agree",
    ]
    if anchors:
        texts = pathlib.Path(anchors).read_text(encoding="utf-8").splitlines()
        outside = check_anchors(manifest, digests, filter(str.strip, texts), anchors)
        if not outside:
            raise Failed(f"no anchor of {anchors} is about these records")
        told.append(f"{outside} anchors from {anchors} agree")
    key = sha256(base64.b64decode(manifest["public_key"]))
    told.append(f"signed by the key {key}")
    if not fingerprint:
        told.append(
            "  compare that with the fingerprint you know of the installation (--fingerprint)"
        )
    return told


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("archive", nargs="?", default=pathlib.Path(__file__).parent)
    parser.add_argument("--fingerprint", default="", help="the signer's key, as you know it")
    parser.add_argument("--anchors", default="", help="anchors that were kept outside")
    options = parser.parse_args(arguments)
    try:
        told = verify(options.archive, options.fingerprint, options.anchors)
    except Failed as failed:
        print(f"NOT VERIFIED: {failed}")
        return 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        print(f"NOT VERIFIED: it cannot be read ({type(error).__name__}: {error})")
        return 2
    print("\n".join(["VERIFIED", *told]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
