/* base/signature.h - Ed25519 signatures (RFC 8032) with keys from PEM files.
 *
 * A key is made with `openssl genpkey -algorithm ed25519 -out key.pem`; its public half, to be
 * given to others, with `openssl pkey -in key.pem -pubout -out public.pem`. */
#ifndef RDL_BASE_SIGNATURE_H
#define RDL_BASE_SIGNATURE_H

#include "base/error.h"

/** What is put on record of a signature: both in lower-case hex, owned. */
typedef struct rdl_signature {
    char *public_key; /* 64 digits */
    char *signature;  /* 128 digits */
} rdl_signature;
RDL_API void rdl_signature_clear(rdl_signature *signature);

/** Sign the bytes of `text` with the private key in the PEM file at `path`.
 *  Fails: RDL_ERROR_IO, RDL_ERROR_DATA when it holds no Ed25519 key or is locked by a passphrase.
 */
RDL_API bool rdl_sign(const char *path, const char *text, rdl_signature *signature, GError **error);
/** Is `signature` (hex) of `text` by the holder of `public_key` (hex)? False for anything
 * unreadable. */
RDL_API bool rdl_signature_good(const char *public_key, const char *signature, const char *text);
/** The public key (hex, yours) in a PEM file, of a public or a private key. */
RDL_API char *rdl_public_key(const char *path, GError **error);

#endif
