#include "detect/change/indices.h"

#include <stddef.h>
#include <string.h>

static const rdl_spectral_index indices[] = {
    {"ndvi", "NDVI", "Tucker 1979, Remote Sensing of Environment 8", {"red", "nir"}, 1, 1},
    {"ndbi", "NDBI", "Zha, Gao & Ni 2003, IJRS 24(3)", {"nir", "swir1"}, 1, 1},
    {"mndwi", "MNDWI", "Xu 2006, IJRS 27(14)", {"swir1", "green"}, 1, 1},
    {"ndwi", "NDWI", "McFeeters 1996, IJRS 17(7)", {"nir", "green"}, 1, 1},
    {"ndmi",
     "NDMI",
     "Wilson & Sader 2002, Remote Sensing of Environment 80",
     {"swir1", "nir"},
     1,
     1},
    {"nbr",
     "NBR",
     "Lopez Garcia & Caselles 1991, Geocarto International 6(1)",
     {"swir2", "nir"},
     1,
     1},
    {"bsi",
     "BSI",
     "Rikimaru, Roy & Miyatake 2002, Tropical Ecology 43(1)",
     {"nir", "blue", "swir1", "red"},
     2,
     2},
};

const rdl_spectral_index *rdl_spectral_index_named(const char *name)
{
    for (size_t i = 0; i < sizeof indices / sizeof *indices; i++)
        if (strcmp(indices[i].name, name) == 0)
            return &indices[i];
    return NULL;
}

const char *rdl_spectral_index_names(void)
{
    return "ndvi, ndbi, mndwi, ndwi, ndmi, nbr, bsi";
}
