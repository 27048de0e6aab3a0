/* Ed25519 against RFC 8032's own vectors. */
#include <string.h>
#include "base/signature.h"
#include "suite.h"

/* RFC 8032, 7.1, test 2: the private key as PKCS#8, message "r" (0x72). */
static const char private_pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5baG7h7TUb4EU2m+28JTTEe2phaWLjv2b2m\n"
    "-----END PRIVATE KEY-----\n";

static void a_signature_is_its_holders(void)
{
    GError *error = NULL;
    const char *path = suite_path("key.pem");
    rdl_signature s;

    CHECK(g_file_set_contents(path, private_pem, -1, &error));
    CHECK(rdl_sign(path, "r", &s, &error));
    CHECK_OK(error);
    CHECK(rdl_signature_good(s.public_key, s.signature, "r"));
    CHECK(!rdl_signature_good(s.public_key, s.signature, "s"));
    g_autofree char *other = g_strdup(s.signature);
    other[0] = other[0] == '0' ? '1' : '0';
    CHECK(!rdl_signature_good(s.public_key, other, "r"));
    g_autofree char *same = rdl_public_key(path, &error);
    CHECK_TEXT(same, s.public_key);
    rdl_signature_clear(&s);
}

/* 7.1, test 2: public key, message 72, signature. */
static void signatures_of_others_are_read(void)
{
    static const char key[] = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    static const char signature[] =
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

    CHECK(rdl_signature_good(key, signature, "r"));
    CHECK(!rdl_signature_good(key, signature, ""));
    CHECK(!rdl_signature_good(key, "92a0", "r"));
    CHECK(!rdl_signature_good("zz", signature, "r"));
    CHECK(!rdl_signature_good(NULL, NULL, "r"));
}

static void what_is_no_key_is_said_to_be_none(void)
{
    GError *error = NULL;
    const char *path = suite_path("none.pem");
    rdl_signature s;

    CHECK(g_file_set_contents(path, "hello\n", -1, &error));
    CHECK(!rdl_sign(path, "r", &s, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "holds no open Ed25519 key");
    CHECK(!rdl_sign(suite_path("nowhere.pem"), "r", &s, &error));
    CHECK_FAILS(error, RDL_ERROR_IO, "nowhere.pem");
}

static CU_TestInfo tests[] = {
    {"a signature is its holder's", a_signature_is_its_holders},
    {"signatures of others are read", signatures_of_others_are_read},
    {"what is no key is said to be none", what_is_no_key_is_said_to_be_none},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.signature", tests, argc, argv);
}
