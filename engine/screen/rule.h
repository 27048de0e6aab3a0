/* screen/rule.h - one row of the law, and whether it speaks of a case.
 *
 * Every answer is three-valued: what the data cannot decide is MAYBE, never an accusation. The
 * points the rule table leaves open are settled in docs/decisions/ (numbers J1 to J35 there). */
#ifndef RDL_SCREEN_RULE_H
#define RDL_SCREEN_RULE_H

#include "screen/pack.h"

typedef enum {
    RDL_WHEN_PRE_OK,
    RDL_WHEN_PRE_NO,
    RDL_WHEN_POST_OK,
    RDL_WHEN_POST_NO,
    RDL_WHEN_UNKNOWN
} rdl_when;
/** "PRE_OK" ...; for the column when_case. */
RDL_API const char *rdl_when_text(rdl_when when);

typedef enum { RDL_APPLIES_ACT, RDL_APPLIES_STATE, RDL_APPLIES_BOTH } rdl_applies;

typedef struct rdl_rule {
    const char *rule_id, *when, *verdict, *basis, *severity, *lead_dept, *handling, *penalty;
    const char *level, *basin, *quantity, *season; /* NULL where the row has none */
    const char *licence; /* what it forbids is the want of that, not the work; NULL */
    char **zones, **activities, **ask_if, **overrides, **only_if; /* NULL-ended */
    rdl_interval in_force;                                        /* eff_from..eff_to, closed */
    rdl_day review_from; /* acts from then on are for a person; FUTURE: none */
    const char *fine;    /* what the penalty counts: FIX, M2, M, X, "-"; static */
    double ceiling;      /* its top: yuan, yuan a m2, yuan a m, times; NaN for "-" */
    rdl_applies applies;
    bool enabled, any_zone;
    int line; /* in rules.csv */
} rdl_rule;

/** The case a rule is held against: one part of a footprint or patch in one zone. */
typedef struct rdl_case {
    const rdl_zone_class *zone; /* NULL: all territory */
    const char *level, *basin;  /* of the zone polygon; NULL: not known */
    const char *period;         /* of the zone polygon: a season; NULL: all the year */
    const char *activity;
    const char *attrs; /* "CODE;-CODE": known true, known false; may be NULL */
    rdl_when when;
    bool undated; /* `when` is UNKNOWN because of dates: rows are shown, none decides */
    bool expansion;
    rdl_interval onset; /* when the act happened */
    rdl_day as_of;
    const double *near; /* metres to each zone class, by number; NaN: not known; may be NULL */
    double area_m2, length_m; /* of the part, for fines by quantity; NaN: not measured */
    bool act_judged;          /* false: an earlier version of the zone judges the act */
    bool state_judged;        /* false: this version is superseded, today's judges what stands */
} rdl_case;

typedef enum { RDL_HIT_DECIDED, RDL_HIT_ASKED, RDL_HIT_DATE } rdl_hit_status;

/** A rule that speaks of the case, or would if what it asks were known. */
typedef struct rdl_hit {
    const rdl_rule *rule;
    rdl_hit_status status;
    bool by_act;         /* selected by the act's date, else by as_of */
    bool review;         /* the verdict is REVIEW whatever the row says */
    bool overridden;     /* another row of the list removed it */
    bool named;          /* the row names the activity or one above it, not a set or attribute */
    const char *note;    /* why asked or reviewed; static text or NULL */
    const char *asked;   /* the predicate or field that is not known; lent; NULL */
    const char *verdict; /* after `review` */
    double ceiling;      /* of the fine in this case, yuan; NaN where not comparable */
} rdl_hit;

/** Is it a code of the pack that says what the thing is? */
RDL_API bool rdl_activity_known(const rdl_pack *pack, const char *activity);
/** All hits of the pack's enabled rows of that kind (any_zone or not), in the pack's order, with
 *  overridden ones marked. Appends to `hits` (of rdl_hit). */
RDL_API void rdl_rules_match(const rdl_pack *pack, const rdl_case *c, bool any_zone, GArray *hits);
/** Does any enabled row, in force or not, name this zone, activity and when-case? */
RDL_API bool rdl_rules_know(const rdl_pack *pack, const rdl_case *c);
/** Is the activity not known, and are there rows of this zone and when-case that ask for one? */
RDL_API bool rdl_rules_unasked(const rdl_pack *pack, const rdl_case *c);
/** The enabled row that allows or permits the activity in this zone, over `rule`, the row that
 *  denies it; NULL where the activity is on no positive list. */
RDL_API const rdl_rule *rdl_rules_positive(const rdl_pack *pack, const rdl_case *c,
                                           const rdl_rule *rule);
/** < 0 when hit `a` goes before `b` as the primary one: decided verdicts, verdicts whose day is in
 *  doubt, REVIEW, what is only asked about; then severity, fine ceiling (Code art. 1055), zone
 * before ANY, a named activity before a set before ANY, rule_id. */
RDL_API int rdl_hit_order(const rdl_hit *a, const rdl_hit *b);
/** Rule by id, NULL where there is none. */
RDL_API const rdl_rule *rdl_pack_rule(const rdl_pack *pack, const char *rule_id);

#endif
