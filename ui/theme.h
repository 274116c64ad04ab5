/* theme.h - styles: what things look like, in 256 or 16 colours or with attributes alone.
 * Nothing is told by colour alone: every style that carries a meaning has an attribute or a glyph. */
#ifndef UI_THEME_H
#define UI_THEME_H

typedef enum ui_style {
    UI_PLAIN,
    UI_DIM,         /* less important: estimates, schema names, hints */
    UI_BOLD,
    UI_TITLE,       /* the title bar */
    UI_TITLE_BRAND, /* the name in it */
    UI_TITLE_WARN,  /* read-write on production, TLS off */
    UI_BORDER,
    UI_BORDER_FOCUS,
    UI_HEADER,      /* field names above a grid */
    UI_HEADER_MARK, /* key, relation and sort marks */
    UI_KEY,         /* a key in the footer and the help */
    UI_NUMBER,
    UI_TIME,
    UI_BOOL,
    UI_JSON,
    UI_ENUM,
    UI_OTHER,       /* uuid, bytea, arrays and the rest */
    UI_NULL,
    UI_EMPTY,       /* '' */
    UI_DEFAULT,     /* a default that the server will fill in */
    UI_LABEL,       /* the readable name beside a reference */
    UI_RELATION,    /* arrows, relation names */
    UI_CONTROL,     /* what was neutralised in a value */
    UI_MATCH,       /* found text */
    UI_UPDATED,     /* staged changes */
    UI_INSERTED,
    UI_DELETED,
    UI_INFO,        /* messages */
    UI_GOOD,
    UI_ERROR,
    UI_STYLE_COUNT
} ui_style;

/* Modifiers, or-ed to a style when drawing. */
enum {
    UI_ON_ROW = 1 << 8,    /* the row under the cursor */
    UI_ON_CURSOR = 1 << 9, /* the cell under the cursor */
    UI_ON_MARK = 1 << 11,  /* a marked row; never without a glyph */
    UI_UNFOCUSED = 1 << 10 /* the cursor of a pane that has not the focus */
};

/* Sets the colours up for this terminal; once, after it was opened. NO_COLOR is obeyed. */
void ui_theme_init(void);

#endif
