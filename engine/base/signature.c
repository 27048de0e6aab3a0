#include "base/signature.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include "base/input.h"

#define KEY_BYTES 32
#define SIGNATURE_BYTES 64

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)

void rdl_signature_clear(rdl_signature *signature)
{
    g_clear_pointer(&signature->public_key, g_free);
    g_clear_pointer(&signature->signature, g_free);
}

static char *to_hex(const uint8_t *bytes, size_t n)
{
    char *text = g_malloc(2 * n + 1);

    for (size_t i = 0; i < n; i++)
        g_snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return text;
}

static bool from_hex(const char *text, uint8_t *bytes, size_t n)
{
    if (!text || strlen(text) != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]), low = g_ascii_xdigit_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high * 16 + low);
    }
    return true;
}

/* Never ask for a passphrase on the terminal. */
static int no_passphrase(char *buffer, int size, int writing, void *user)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)user;
    return -1;
}

static EVP_PKEY *read_key(const char *path, bool may_be_public, GError **error)
{
    if (!rdl_input_plain(path, error))
        return NULL;
    FILE *f = g_fopen(path, "r");
    if (!f)
        return rdl_fail(error, RDL_ERROR_IO, "%s: %s", path, g_strerror(errno)), NULL;
    EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, no_passphrase, NULL);
    if (!key && may_be_public) {
        rewind(f);
        key = PEM_read_PUBKEY(f, NULL, no_passphrase, NULL);
    }
    fclose(f);
    if (key && EVP_PKEY_get_id(key) == EVP_PKEY_ED25519)
        return key;
    EVP_PKEY_free(key);
    return rdl_fail(
               error, RDL_ERROR_DATA,
               "%s: holds no open Ed25519 key: make one with openssl genpkey -algorithm ed25519",
               path),
           NULL;
}

static char *public_hex(const EVP_PKEY *key)
{
    uint8_t bytes[KEY_BYTES];
    size_t n = sizeof bytes;

    return EVP_PKEY_get_raw_public_key(key, bytes, &n) && n == sizeof bytes ? to_hex(bytes, n)
                                                                            : NULL;
}

bool rdl_sign(const char *path, const char *text, rdl_signature *signature, GError **error)
{
    g_autoptr(EVP_PKEY) key = read_key(path, false, error);
    g_autoptr(EVP_MD_CTX) sum = EVP_MD_CTX_new();
    uint8_t bytes[SIGNATURE_BYTES];
    size_t n = sizeof bytes;

    *signature = (rdl_signature){0};
    if (!key)
        return false;
    if (!EVP_DigestSignInit(sum, NULL, NULL, NULL, key) ||
        !EVP_DigestSign(sum, bytes, &n, (const uint8_t *)text, strlen(text)) || n != sizeof bytes)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: cannot sign with this key", path);
    signature->public_key = public_hex(key);
    signature->signature = to_hex(bytes, n);
    return true;
}

bool rdl_signature_good(const char *public_key, const char *signature, const char *text)
{
    uint8_t key_bytes[KEY_BYTES], bytes[SIGNATURE_BYTES];
    g_autoptr(EVP_MD_CTX) sum = EVP_MD_CTX_new();

    if (!text || !from_hex(public_key, key_bytes, sizeof key_bytes) ||
        !from_hex(signature, bytes, sizeof bytes))
        return false;
    g_autoptr(EVP_PKEY) key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key_bytes, sizeof key_bytes);
    return key && EVP_DigestVerifyInit(sum, NULL, NULL, NULL, key) &&
           EVP_DigestVerify(sum, bytes, sizeof bytes, (const uint8_t *)text, strlen(text)) == 1;
}

char *rdl_public_key(const char *path, GError **error)
{
    g_autoptr(EVP_PKEY) key = read_key(path, true, error);

    return key ? public_hex(key) : NULL;
}
