/* The sanitiser: every class of bytes that must not reach a terminal, width, cutting, finding. */
#include "lab/test.h"
#include "nixie/text.h"

static char *sanitised(const char *s, size_t len, int columns, int *width) {
    nx_buf buf = NX_BUF;
    *width = nx_text_sanitise(&buf, s, len, columns);
    return nx_buf_take(&buf);
}

static void check_text(const char *in, size_t len, const char *want, int want_width) {
    int width;
    char *out = sanitised(in, len, -1, &width);
    assert_string_equal(out, want);
    assert_int_equal(width, want_width);
    assert_int_equal(nx_text_width(in, len), want_width);
    free(out);
}

/* --- classes ------------------------------------------------------------------------------------------ */

static void every_c0_control_is_visible(void **state) {
    (void)state;
    for (int c = 0; c < 0x20; c++) {
        const char in = (char)c;
        nx_glyph g;
        assert_int_equal(nx_text_next(&in, 1, &g), 1);
        assert_int_equal(g.kind, NX_GLYPH_CONTROL);
        char want[4] = {'^', (char)(c + '@'), 0, 0};
        const char *shown = c == '\n' ? "␊" : c == '\t' ? "␉" : c == '\r' ? "␍" : want;
        assert_string_equal(g.text, shown);
        assert_int_equal(g.width, shown == want ? 2 : 1);
    }
    check_text("\x7f", 1, "^?", 2);
}

static void every_c1_control_is_escaped(void **state) {
    (void)state;
    for (unsigned c = 0x80; c < 0xA0; c++) {
        char want[8], encoded[2] = {(char)(unsigned char)0xC2, (char)(unsigned char)c};
        snprintf(want, sizeof want, "<%02X>", c);
        check_text(encoded, 2, want, 4);
        check_text(&encoded[1], 1, want, 4); /* the same as a raw byte */
    }
}

static const struct {
    const char *in, *out;
    int width;
} class_cases[] = {
    /* invalid UTF-8: one mark per byte, and what follows survives */
    {"\x80'", "<80>'", 5},
    {"\xff\xfe", "<FF><FE>", 8},
    {"\xc0\xaf", "<C0><AF>", 8},                  /* overlong / */
    {"\xe0\x80\xaf", "<E0><80><AF>", 12},         /* overlong / */
    {"\xed\xa0\x80", "<ED><A0><80>", 12},         /* surrogate */
    {"\xf4\x90\x80\x80", "<F4><90><80><80>", 16}, /* above U+10FFFF */
    {"\xe2\x82'", "<E2><82>'", 9},                /* cut off */
    {"\xe2\x82", "<E2><82>", 8},
    {"\xf0\x9f\x98", "<F0><9F><98>", 12},
    {"\xc3\xc3\xa9", "<C3>é", 5},
    {"a\xcc", "a<CC>", 5},
    /* bidi */
    {"a\u202Eb", "a<202E>b", 8},
    {"\u061C", "<061C>", 6},
    {"\u200E\u200F", "<200E><200F>", 12},
    {"\u202A\u2066\u2069", "<202A><2066><2069>", 18},
    /* invisible */
    {"\u00AD", "<00AD>", 6},
    {"a\u034Fb", "a<034F>b", 8},
    {"\u115F\u1160", "<115F><1160>", 12},
    {"\u17B4", "<17B4>", 6},
    {"\u180B\u180E", "<180B><180E>", 12},
    {"\u200B\u200C\u200D", "<200B><200C><200D>", 18},
    {"\u2060\u2064\u206F", "<2060><2064><206F>", 18},
    {"\u3164", "<3164>", 6},
    {"\uFEFF", "<FEFF>", 6},
    {"\uFFA0", "<FFA0>", 6},
    {"\uFFF9\uFFFB", "<FFF9><FFFB>", 12},
    {"a\uFE00", "a<FE00>", 7},
    {"a\uFE0F", "a<FE0F>", 7},   /* emoji style after a letter */
    {"❤\uFE0F!", "❤\uFE0F!", 2}, /* after an emoji */
    {"\U000E0041", "<E0041>", 7},
    {"\U000E01EF", "<E01EF>", 7},
    /* line separators */
    {"\u2028\u2029", "<2028><2029>", 12},
    {"\xc2\x85", "<85>", 4},
    /* noncharacters, private use, unassigned */
    {"\uFDD0\uFFFE\uFFFF", "<FDD0><FFFE><FFFF>", 18},
    {"\U0010FFFF", "<10FFFF>", 8},
    {"\uE000\U000F0000", "<E000><F0000>", 13},
    {"\u0378", "<0378>", 6},
    /* emoji sequences: the joiner is shown */
    {"👩\u200D💻", "👩<200D>💻", 10},
    /* marks */
    {"e\u0301", "e\u0301", 1},
    {"\u0301", "◌\u0301", 1},
    {"\n\u0301", "␊◌\u0301", 2},
    {"\u202E\u0301", "<202E>◌\u0301", 7},
    {"a\u0300\u0301\u0302\u0303\u0304", "a\u0300\u0301\u0302\u0303◌\u0304", 2},
    {"漢\u0301", "漢\u0301", 2},
    {"\u1112\u1161\u11AB", "\u1112\u1161\u11AB", 2}, /* a Hangul syllable in pieces */
    {"का", "का", 2},                                 /* a spacing mark has a column */
    /* plain text stays */
    {"", "", 0},
    {"Ünïcode ~ 漢字 ｱ 😀", "Ünïcode ~ 漢字 ｱ 😀", 19},
    {"שלום", "שלום", 4},
    {"<202E> ^[", "<202E> ^[", 9},
};

static void each_class_is_neutralised(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(class_cases); i++) {
        check_text(class_cases[i].in, strlen(class_cases[i].in), class_cases[i].out, class_cases[i].width);
    }
}

/* What terminals obey: each must arrive without its first byte. */
static const char *const attacks[] = {
    "\x1b[2J",
    "\x1b[?1049l",
    "\x1b[c",
    "\x1b[6n",
    "\x1b[21t",
    "\x1b[8m",
    "\x1b]0;title\a",
    "\x1b]52;c;eA==\x1b\\",
    "\x1b]8;;http://x\a",
    "\x1bP$qm\x1b\\",
    "\x1b_Gf=100\x1b\\",
    "\x1b^x\x1b\\",
    "\x1b"
    "c",
    "\x1b#8",
    "\x1b(0",
    "\x1bZ",
    "\x1bk"
    "x\x1b\\",
    "\x9b"
    "2J",
    "\xc2\x9b"
    "2J",
    "\x90q\x9c",
    "\x9d"
    "0;x\x9c",
    "\x0e",
    "\x08\x08",
    "\x05",
    "a\r\nb",
};

static void sequences_for_terminals_lose_their_first_byte(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(attacks); i++) {
        int width;
        char *out = sanitised(attacks[i], strlen(attacks[i]), -1, &width);
        for (const char *s = out; *s; s++) {
            assert_false((unsigned char)*s < 0x20 || *s == 0x7f);
        }
        assert_true(nx_text_valid(out, strlen(out)));
        free(out);
    }
}

static void kinds_tell_a_control_from_its_picture(void **state) {
    (void)state;
    nx_glyph g;
    assert_int_equal(nx_text_next("\n", 1, &g), 1);
    assert_int_equal(g.kind, NX_GLYPH_CONTROL);
    assert_int_equal(nx_text_next("␊", 3, &g), 3);
    assert_int_equal(g.kind, NX_GLYPH_PLAIN);
    assert_int_equal(nx_text_next("\xff", 1, &g), 1);
    assert_int_equal(g.kind, NX_GLYPH_ESCAPED);
    assert_int_equal(nx_text_next("<FF>", 4, &g), 1);
    assert_int_equal(g.kind, NX_GLYPH_PLAIN);
}

/* --- properties ----------------------------------------------------------------------------------------- */

static uint32_t seed = 20240607;

static uint32_t random_number(void) {
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

/* Bytes that meet in interesting ways more often than even ones would. */
static size_t random_text(char *out, size_t max) {
    static const char *const pieces[] = {"a",    "\u0301", "\u202E", "漢",   "😀",      "\uFE0F", "\xe2\x82",
                                         "\xcc", "\x1b[",  "é",      "\x9b", "\u1161", "\u034F"};
    size_t len = 0, want = random_number() % max;
    while (len < want) {
        const char *piece = pieces[random_number() % NX_COUNT(pieces)];
        if (random_number() % 2 && len + strlen(piece) < max) {
            memcpy(out + len, piece, strlen(piece));
            len += strlen(piece);
        } else {
            out[len++] = (char)(unsigned char)random_number();
        }
    }
    return len;
}

/* Only text that may be shown: sanitising it again changes nothing. */
static void check_shown(const char *text, size_t len, int width) {
    assert_true(nx_text_valid(text, len));
    nx_glyph g;
    for (size_t i = 0; i < len;) {
        size_t used = nx_text_next(text + i, len - i, &g);
        assert_int_equal(g.kind, NX_GLYPH_PLAIN);
        assert_int_equal(used, g.len);
        assert_memory_equal(text + i, g.text, used);
        i += used;
    }
    assert_int_equal(nx_text_width(text, len), width);
}

static void check_random(const char *in, size_t len) {
    nx_buf glyphs = NX_BUF;
    int sum = 0;
    nx_glyph g;
    size_t used = 0;
    while (used < len) {
        size_t n = nx_text_next(in + used, len - used, &g);
        assert_in_range(n, 1, len - used);
        assert_int_equal(strlen(g.text), g.len);
        nx_buf_add(&glyphs, g.text, g.len);
        sum += g.width;
        used += n;
    }
    assert_int_equal(used, len);
    int width;
    char *out = sanitised(in, len, -1, &width);
    assert_string_equal(out, glyphs.data);
    assert_int_equal(width, sum);
    assert_int_equal(nx_text_width(in, len), sum);
    check_shown(out, strlen(out), sum);
    int columns = (int)(random_number() % 30), cut_width;
    char *cut = sanitised(in, len, columns, &cut_width);
    assert_true(cut_width <= columns);
    check_shown(cut, strlen(cut), cut_width);
    assert_true((cut_width == sum && strcmp(cut, out) == 0) || sum > columns);
    free(cut);
    free(out);
    nx_buf_free(&glyphs);
}

static void random_bytes_come_out_safe_and_as_wide_as_measured(void **state) {
    (void)state;
    for (int i = 0; i < 20000; i++) {
        char in[120];
        size_t len = random_text(in, sizeof in);
        char *exact = malloc(len ? len : 1); /* so that reading past the end is seen */
        assert_non_null(exact);
        memcpy(exact, in, len);
        check_random(exact, len);
        free(exact);
    }
}

static void every_character_is_shown_or_escaped(void **state) {
    (void)state;
    for (uint32_t c = 0x80; c < 0x110000; c += c < 0x3000 ? 1 : 7) {
        if (c >= 0xD800 && c < 0xE000) {
            continue;
        }
        unsigned char in[4];
        size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        uint32_t rest = c;
        for (size_t i = n - 1; i > 0; i--, rest >>= 6) {
            in[i] = (unsigned char)(0x80 | (rest & 0x3F));
        }
        in[0] = (unsigned char)((n == 2 ? 0xC0 : n == 3 ? 0xE0 : 0xF0) | rest);
        nx_glyph g;
        assert_int_equal(nx_text_next((const char *)in, n, &g), n);
        assert_true(g.kind == NX_GLYPH_ESCAPED ? g.text[0] == '<' : g.width == 1 || g.width == 2);
    }
}

/* --- cutting, lines, ASCII --------------------------------------------------------------------------------- */

static const struct {
    const char *in;
    int columns;
    const char *out;
    int width;
} cut_cases[] = {
    {"hello", 5, "hello", 5},
    {"hello", 4, "hel…", 4},
    {"hello", 1, "…", 1},
    {"hello", 0, "", 0},
    {"", 0, "", 0},
    {"漢字", 4, "漢字", 4},
    {"漢字", 3, "漢…", 3},
    {"漢字", 2, "…", 1},
    {"ab\u202Ecd", 7, "ab…", 3},
    {"ab\u202E", 8, "ab<202E>", 8},
    {"a\nb", 3, "a␊b", 3},
    {"e\u0301e\u0301", 1, "…", 1},
    {"e\u0301x", 2, "e\u0301x", 2},
    {"a\u200Bb", 2, "a…", 2},
    {"abc\n", 3, "ab…", 3},
};

static void text_is_cut_at_whole_glyphs(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(cut_cases); i++) {
        int width;
        char *out = sanitised(cut_cases[i].in, strlen(cut_cases[i].in), cut_cases[i].columns, &width);
        assert_string_equal(out, cut_cases[i].out);
        assert_int_equal(width, cut_cases[i].width);
        free(out);
    }
}

static void plain_output_keeps_line_ends_only_when_told(void **state) {
    (void)state;
    nx_buf buf = NX_BUF;
    nx_text_plain(&buf, "a\tb\n\x1b[m\n", 8, true);
    assert_string_equal(buf.data, "a␉b\n^[[m\n");
    nx_buf_clear(&buf);
    nx_text_plain(&buf, "a\nb", 3, false);
    assert_string_equal(buf.data, "a␊b");
    nx_buf_free(&buf);
}

static void ascii_mode_emits_only_ascii(void **state) {
    (void)state;
    nx_text_ascii(true);
    check_text("é\n\t\r\x1b漢\x9b\u0301", strlen("é\n\t\r\x1b漢\x9b\u0301"), "<00E9>\\n\\t\\r^[<6F22><9B><0301>", 30);
    check_text("e\u0301", 3, "e<0301>", 7);
    int width;
    char *out = sanitised("hello", 5, 3, &width);
    assert_string_equal(out, "he~");
    free(out);
    nx_text_ascii(false);
    check_text("é", 2, "é", 1);
}

static void validity_is_that_of_rfc_3629(void **state) {
    (void)state;
    static const char *const good[] = {"", "abc", "é", "漢", "😀", "\x7f", "\xc2\x80", "\uFFFF", "\U0010FFFF"};
    static const char *const bad[] = {
        "\x80",  "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "a\xc3", "\xe2\x82", "\xff"};
    for (size_t i = 0; i < NX_COUNT(good); i++) {
        assert_true(nx_text_valid(good[i], strlen(good[i])));
    }
    for (size_t i = 0; i < NX_COUNT(bad); i++) {
        assert_false(nx_text_valid(bad[i], strlen(bad[i])));
    }
    assert_false(nx_text_valid("a\0b", 3));
}

/* --- finding -------------------------------------------------------------------------------------------------- */

static void find_ignores_case_and_respects_bytes(void **state) {
    (void)state;
    static const struct {
        const char *hay;
        size_t from;
        const char *needle;
        long at;
    } cases[] = {
        {"Hello World", 0, "world", 6},
        {"Hello", 0, "L", 2},
        {"Hello", 3, "l", 3},
        {"Hello", 4, "l", -1},
        {"ÄRGER ärger", 0, "ärger", 0},
        {"ÄRGER ärger", 1, "äRGER", 7},
        {"ΣΑΣ", 0, "σας", 0},
        {"abc", 0, "", -1},
        {"", 0, "a", -1},
        {"aab", 0, "ab", 1},
        {"a\xff"
         "b",
         0, "\xff", 1},
        {"abc", 9, "a", -1},
        {"\xc3\xa9", 0, "\xa9", -1},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        assert_int_equal(nx_text_find(cases[i].hay, strlen(cases[i].hay), cases[i].from, cases[i].needle), cases[i].at);
    }
}

static void fuzzy_prefers_word_starts_runs_and_short_names(void **state) {
    (void)state;
    static const struct {
        const char *needle, *better, *worse;
    } cases[] = {
        {"post", "Post", "PostTag"},           {"pt", "PostTag", "Option"},
        {"ut", "user_tokens", "auth_token"},   {"user", "User", "UserSetting"},
        {"user", "public.users", "u_s_e_r_x"}, {"tag", "PostTag", "tXaXg"},
        {"cat", "Category", "location_at"},    {"P", "Post", "post"},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        int better = nx_text_fuzzy(cases[i].needle, cases[i].better),
            worse = nx_text_fuzzy(cases[i].needle, cases[i].worse);
        assert_true(worse >= 0);
        assert_true(better > worse);
    }
}

static void fuzzy_wants_every_letter_in_order(void **state) {
    (void)state;
    assert_int_equal(nx_text_fuzzy("xyz", "Post"), -1);
    assert_int_equal(nx_text_fuzzy("tsop", "Post"), -1);
    assert_int_equal(nx_text_fuzzy("postt", "Post"), -1);
    assert_int_equal(nx_text_fuzzy("a", ""), -1);
    assert_true(nx_text_fuzzy("", "") >= 0);
    assert_true(nx_text_fuzzy("", "Post") >= 0);
    assert_true(nx_text_fuzzy("ÄR", "ärger") > 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_c0_control_is_visible),
    cmocka_unit_test(every_c1_control_is_escaped),
    cmocka_unit_test(each_class_is_neutralised),
    cmocka_unit_test(sequences_for_terminals_lose_their_first_byte),
    cmocka_unit_test(kinds_tell_a_control_from_its_picture),
    cmocka_unit_test(random_bytes_come_out_safe_and_as_wide_as_measured),
    cmocka_unit_test(every_character_is_shown_or_escaped),
    cmocka_unit_test(text_is_cut_at_whole_glyphs),
    cmocka_unit_test(plain_output_keeps_line_ends_only_when_told),
    cmocka_unit_test(ascii_mode_emits_only_ascii),
    cmocka_unit_test(validity_is_that_of_rfc_3629),
    cmocka_unit_test(find_ignores_case_and_respects_bytes),
    cmocka_unit_test(fuzzy_prefers_word_starts_runs_and_short_names),
    cmocka_unit_test(fuzzy_wants_every_letter_in_order),
};

LAB_MAIN(tests, NULL, NULL)
