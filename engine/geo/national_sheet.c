#include "geo/national_sheet.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MILLION_LON 6.0
#define MILLION_LAT 4.0
#define PARTS 24
#define LON (MILLION_LON / PARTS) /* 15' */
#define LAT (MILLION_LAT / PARTS) /* 10' */
#define LAST_LAT 88.0

/* Which part of the million-sheet's `whole` degrees, counted from 0; never past the last, whatever
 * the last bit says. */
static int part_of(double within, double part)
{
    return CLAMP((int)floor(within / part), 0, PARTS - 1);
}

char *rdl_national_sheet(double lon, double lat, rdl_box *box)
{
    if (!(fabs(lat) < LAST_LAT) || !(fabs(lon) <= 180.0))
        return NULL;
    int column = MIN((int)floor(lon / MILLION_LON) + 31, 60);
    int row = (int)floor(lat / MILLION_LAT); /* -1: the first south of the equator */
    double west = (column - 31) * MILLION_LON, south = row * MILLION_LAT;
    int up = part_of(lat - south, LAT), right = part_of(lon - west, LON);
    char *number = g_strdup_printf("%s%c%02dE%03d%03d", row < 0 ? "S" : "",
                                   'A' + (row < 0 ? -row - 1 : row), column, PARTS - up, right + 1);

    if (box)
        rdl_national_sheet_box(number, box);
    return number;
}

bool rdl_national_sheet_box(const char *number, rdl_box *box)
{
    bool south = *number == 'S' && g_ascii_isalpha(number[1]);
    int column, down, right, end = 0;
    char letter;

    if (sscanf(number + south, "%c%2dE%3d%3d%n", &letter, &column, &down, &right, &end) != 4 ||
        number[(size_t)end + south] || letter < 'A' || letter > 'V' || column < 1 || column > 60 ||
        down < 1 || down > PARTS || right < 1 || right > PARTS)
        return false;
    int row = south ? -(letter - 'A') - 1 : letter - 'A';
    double x = (column - 31) * MILLION_LON + (right - 1) * LON;
    double y = row * MILLION_LAT + (PARTS - down) * LAT;
    *box = (rdl_box){x, y, x + LON, y + LAT};
    return true;
}
