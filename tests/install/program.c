/* What another program does with libredline: finds the installed data, measures with it. */
#include <stdio.h>
#include <run/run.h>

int main(void)
{
    GError *error = NULL;
    char *pack = rdl_data_path("packs/cn", &error);

    printf("%s\n", pack ? pack : error->message);
    return pack ? 0 : rdl_exit_status(error);
}
