# nixie: one non-recursive Makefile. `make help` lists the targets.
#
# Objects and generated files live under .build/<variant>/: release (what is installed), san (ASan and
# UBSan, what the tests run), plain (no sanitizer, for tests of limits and signals).

VERSION := 0.1.0
PREFIX  ?= /usr/local
DESTDIR ?=
bindir  ?= $(PREFIX)/bin
mandir  ?= $(PREFIX)/share/man

V ?= 0
ifeq ($(V),0)
  Q := @
  say = @printf '  %-4s %s\n' $(1) $(2)
else
  Q :=
  say = @:
endif
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.SUFFIXES:

CC ?= cc
PKG_CONFIG ?= pkg-config
pkg = $(shell $(PKG_CONFIG) $(1) 2>/dev/null)

ENGINE_PKGS := libpq libcrypto libutf8proc
UI_PKGS     := $(ENGINE_PKGS) ncursesw readline
TEST_PKGS   := $(UI_PKGS) cmocka vterm

# --- flags ------------------------------------------------------------------------------------------

WARN := -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wcast-align -Wcast-qual -Wformat=2 -Winit-self \
        -Wmissing-prototypes -Wstrict-prototypes -Wold-style-definition -Wpointer-arith -Wundef -Wunused \
        -Wwrite-strings -Wvla -Wdouble-promotion -Wnull-dereference -Wfloat-equal -Wmissing-noreturn
STD  := -std=c11 -D_GNU_SOURCE -Iinclude -DNIXIE_VERSION='"$(VERSION)"' -pthread
HARDEN := -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
# What the tests run is built anew on every machine that tests, so that building it counts: these are the flags that
# compile fastest and still give a line for every frame (CFLAGS=-g3 gives a debugger its variables, too).
SAN    := -Og -g1 -fPIC -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
WERROR ?=

comma := ,
OS := $(shell uname -s)
# How a program finds the library that lies beside it, wherever the folder is.
ifeq ($(OS),Darwin)
  LIBTESTS_NAME := -Wl,-install_name,@rpath/libtests.so
  LIBTESTS_WAY  := -Wl,-rpath,@loader_path/../..
else
  LIBTESTS_NAME := -Wl,-soname,libtests.so
  LIBTESTS_WAY  := -Wl,-rpath,'$$ORIGIN/../..'
endif
CFLAGS_release := $(HARDEN)
LDFLAGS_release := -pie $(if $(filter Linux,$(OS)),-Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now)
CFLAGS_plain := -O0 -fPIC
LDFLAGS_plain :=
# What `make coverage` runs: only the product counts, and no way to end a program loses what it ran (tests/coverage.c).
CFLAGS_cov := -O0 -g -fPIC --coverage -fprofile-update=atomic
.build/cov/tests/%.o: CFLAGS_cov := -O0 -g -fPIC
LDFLAGS_cov := --coverage $(patsubst %,-Wl$(comma)--wrap=%,kill raise _exit posix_spawn posix_spawnp __gcov_fork)
CFLAGS_san := $(SAN)
LDFLAGS_san := -fsanitize=address,undefined
# The tests start the program some thousand times. With the sanitizers' own library linked in, and at a fixed address,
# that takes half the time (clang links it in by itself).
gcc_has_asan = $(if $(findstring clang,$(shell $(CC) --version)),,$(findstring /,$(shell $(CC) -print-file-name=libasan.a)))
LDFLAGS_san_program = $(if $(filter Linux,$(OS)),-no-pie) $(if $(gcc_has_asan),-static-libasan -static-libubsan)
CC_release = $(CC)
CC_plain   = $(CC)
CC_san     = $(CC)
CC_cov     = $(CC)
# In programs that are tested: a clock that tests can hold still in the place of src/base/now.o, and the calls that tests
# can make fail (tests/lab/fault.h), which the linker sends through tests/lab/fault.o.
LAB_plain := .build/plain/tests/lab/now.o .build/plain/tests/lab/fault.o
LAB_san   := .build/san/tests/lab/now.o .build/san/tests/lab/fault.o
LAB_cov   := .build/cov/tests/lab/now.o .build/cov/tests/lab/fault.o
FAULTS := malloc calloc realloc open openat close read write pread pwrite fsync ftruncate flock fstat fstatat faccessat \
          mkdir mkdirat rename renameat unlink unlinkat fdopendir getentropy \
          pipe socket connect getaddrinfo getnameinfo pthread_create pthread_attr_init \
          PQconndefaults PQconnectStartParams PQsetnonblocking PQenterPipelineMode PQsendQueryParams PQpipelineSync \
          PQflush PQgetResult PQstatus PQresultStatus PQgetCancel PQcancelCreate PQmakeEmptyPGresult PQsetResultAttrs
LDFLAGS_plain += $(FAULTS:%=-Wl$(comma)--wrap=%)
LDFLAGS_san   += $(FAULTS:%=-Wl$(comma)--wrap=%)
LDFLAGS_cov   += $(FAULTS:%=-Wl$(comma)--wrap=%)
# Only compiled, never run: `make lint`.
CC_lint-gcc       := gcc
CC_lint-clang     := clang
CFLAGS_lint-gcc   := -O2
CFLAGS_lint-clang := -O1

CFLAGS_engine = $(call pkg,--cflags $(ENGINE_PKGS))
CFLAGS_ui     = $(call pkg,--cflags $(UI_PKGS))
# Whether a function that always fails the test returns depends on cmocka's version: that is nothing to declare.
CFLAGS_tests  = $(call pkg,--cflags $(TEST_PKGS)) -Itests -Iui -Wno-missing-noreturn
LIBS_ui       = $(call pkg,--libs $(UI_PKGS)) -lpthread
LIBS_tests    = $(call pkg,--libs $(TEST_PKGS)) -lpthread -lutil

# --- sources ----------------------------------------------------------------------------------------

ENGINE_SRC := $(sort $(wildcard src/*/*.c))
UI_SRC     := $(sort $(wildcard ui/*.c) $(wildcard ui/*/*.c))
TEST_SRC   := $(sort $(wildcard tests/*/test_*.c))
LAB_SRC    := $(sort $(filter-out $(wildcard tests/*/test_*.c) $(wildcard tests/*/tool_*.c),$(wildcard tests/*/*.c)))
TOOL_SRC   := $(sort $(wildcard tests/*/tool_*.c))
# What the tests take over from the program: everything but its main().
UI_PARTS   := $(filter-out ui/main.c,$(UI_SRC))
PARTS      := $(filter-out src/base/now.c,$(ENGINE_SRC)) $(UI_PARTS) $(LAB_SRC)

.PHONY: all demo test test-build versions coverage mutants soak bench fuzz lint lint-gcc lint-clang screenshots install uninstall clean help deps-demo deps-test
all: nixie
nixie: .build/release/nixie

help:
	@echo 'make            build .build/release/nixie'
	@echo 'make demo       build, start a throw-away PostgreSQL with sample data, browse it'
	@echo 'make test       build and run every test (ASan and UBSan)'
	@echo 'ONLY=NAME make test  one test of any program, or one program (edit/test_save)'
	@echo 'make versions   fetch PostgreSQL 14 to 18 from npm and run every test on each of them'
	@echo 'make coverage   what no test reaches, by room (gcc and gcov)'
	@echo 'make mutants    which small changes of the code no test notices (N=40 SEED=1 FILES=src/edit/*.c)'
	@echo 'make soak       thousands of staged batches, a hundred runs of each accident, what is really large'
	@echo 'make bench      times beside those of psql and libpq, on 10,000,000 rows'
	@echo 'make fuzz       damaged inputs for everything that reads, a minute for each'
	@echo 'make lint       build with gcc and clang, warnings as errors; check the rooms'
	@echo 'make screenshots  draw the pictures of the README from the program itself'
	@echo 'make install    to $$(DESTDIR)$$(PREFIX); make uninstall takes it away'
	@echo 'make clean'

# --- rules for one variant: $(1) its name -------------------------------------------------------------

define variant
# What everything in the variant is compiled with: objects of other flags are made anew.
FLAGS_$(1) := $$(CC_$(1)) $$(STD) $$(CFLAGS_$(1)) $$(CPPFLAGS) $$(CFLAGS)
.build/$(1)/flags: FORCE
	@mkdir -p $$(@D)
	@echo '$$(FLAGS_$(1))' | cmp -s - $$@ || echo '$$(FLAGS_$(1))' >$$@
.build/$(1)/src/%.o: src/%.c .build/$(1)/flags
	$$(call say,CC,$$<)
	@mkdir -p $$(@D)
	$$(Q)$$(CC_$(1)) $$(STD) $$(WARN) $$(WERROR) $$(CFLAGS_$(1)) $$(CFLAGS_engine) $$(CPPFLAGS) $$(CFLAGS) -MMD -MP -c $$< -o $$@
.build/$(1)/ui/%.o: ui/%.c .build/$(1)/flags
	$$(call say,CC,$$<)
	@mkdir -p $$(@D)
	$$(Q)$$(CC_$(1)) $$(STD) $$(WARN) $$(WERROR) $$(CFLAGS_$(1)) $$(CFLAGS_ui) -Iui $$(CPPFLAGS) $$(CFLAGS) -MMD -MP -c $$< -o $$@
.build/$(1)/tests/%.o: tests/%.c .build/$(1)/flags
	$$(call say,CC,$$<)
	@mkdir -p $$(@D)
	$$(Q)$$(CC_$(1)) $$(STD) $$(WARN) $$(WERROR) $$(CFLAGS_$(1)) $$(CFLAGS_tests) -Isrc $$(CPPFLAGS) $$(CFLAGS) -MMD -MP -c $$< -o $$@
.build/$(1)/gen/%.o: .build/gen/%.c .build/$(1)/flags
	@mkdir -p $$(@D)
	$$(Q)$$(CC_$(1)) $$(STD) $$(CFLAGS_$(1)) -c $$< -o $$@
.build/$(1)/libnixie.a: $(ENGINE_SRC:%.c=.build/$(1)/%.o)
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && $$(AR) rcs $$@ $$^
# Everything that tests share is linked once: a hundred programs that each took it in would cost as much time as a third
# of the compiling. (Their clock, tests/lab/now.c, stands in the place of the engine's.)
.build/$(1)/libtests.so: $(PARTS:%.c=.build/$(1)/%.o) .build/$(1)/gen/sample.o
	$$(call say,LD,$$@)
	$$(Q)$$(CC_$(1)) $$(LDFLAGS_$(1)) $$(LDFLAGS) -shared $$(LIBTESTS_NAME) $$^ $$(LIBS_tests) -o $$@
.build/$(1)/nixie: $(UI_SRC:%.c=.build/$(1)/%.o) $$(LAB_$(1)) .build/$(1)/gen/sample.o .build/$(1)/libnixie.a
	$$(call say,LD,$$@)
	$$(Q)$$(CC_$(1)) $$(LDFLAGS_$(1)) $$(LDFLAGS_$(1)_program) $$(LDFLAGS) $$^ $$(LIBS_ui) -o $$@
.build/$(1)/tests/%: .build/$(1)/tests/%.o .build/$(1)/libtests.so
	$$(call say,LD,$$@)
	$$(Q)$$(CC_$(1)) $$(LDFLAGS_$(1)) $$(LDFLAGS) $$^ $$(LIBTESTS_WAY) $$(LIBS_tests) -o $$@
endef
$(foreach v,release plain san cov lint-gcc lint-clang,$(eval $(call variant,$(v))))
.SECONDARY:
.PHONY: FORCE
FORCE:

COVERED := $(TEST_SRC:%.c=.build/cov/%)
.build/cov/nixie .build/cov/libtests.so: .build/cov/tests/coverage.o

# The sample data of `nixie demo`, as a C string table.
.build/gen/sample.c: ui/sample.sql
	@mkdir -p $(@D)
	$(Q){ echo 'extern const char nx_sample_sql[]; extern const unsigned long nx_sample_sql_len;'; \
	  echo 'const char nx_sample_sql[] = {'; od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g'; echo '0};'; \
	  echo 'const unsigned long nx_sample_sql_len = sizeof nx_sample_sql - 1;'; } > $@

-include $(shell find .build -name '*.d' 2>/dev/null)

# --- what people call ---------------------------------------------------------------------------------

deps-demo deps-test deps-lint deps-screenshots:
	@.ci/deps $(@:deps-%=%)

demo: deps-demo
	@$(MAKE) -s -j2 .build/release/nixie
	@.build/release/nixie demo

# Those that take longest come first: a run must not end with one of them going on alone.
LONG  := $(patsubst %,.build/san/tests/%,edit/test_accident rows/test_keyset cli/test_rows screen/test_journal screen/test_value edit/test_wide)
TESTS := $(LONG) $(filter-out $(LONG),$(TEST_SRC:%.c=.build/san/%))
test-build: $(TESTS) .build/san/nixie .build/plain/nixie $(TOOL_SRC:%.c=.build/san/%)

ifneq ($(ONLY),)
test: deps-test
	@MAKE='$(MAKE)' tests/only '$(ONLY)'
else
test: deps-test
	@$(MAKE) -j2 test-build
	@tests/run $(TESTS) $(POOLED)
	@tests/versions few $(VERSIONED)
endif

# Every test on every version of PostgreSQL: those of the system, and those that npm has.
versions: deps-test
	@.ci/postgres fetch
	@$(MAKE) -j2 test-build
	@tests/run $(TESTS)
	@tests/versions all $(TESTS)

# What `make test` runs on other versions of PostgreSQL than the system's newest.
VERSIONED := $(filter .build/san/tests/catalog/% .build/san/tests/rows/% .build/san/tests/prisma/%,$(TESTS)) \
             $(patsubst %,.build/san/tests/%,cli/test_rows edit/test_order edit/test_save edit/test_types screen/test_edit)

# Through a pooler as well: a few of them here, all that it makes a difference to in the soak.
POOLED := $(patsubst %,pooled:.build/san/tests/%,catalog/test_kept cli/test_rows edit/test_order edit/test_save \
          rows/test_fetch rows/test_record screen/test_staged screen/test_related)
POOLED_ALL := $(patsubst %,pooled:%,$(foreach room,catalog cli edit rows screen,$(filter .build/san/tests/$(room)/%,$(TESTS))))

# What no test reaches, by room: lines and branches of src and ui, counted by gcov.
coverage: deps-test
	@$(MAKE) -j2 $(COVERED) .build/cov/nixie .build/cov/tests/lab/tool_lab
	@tests/coverage $(COVERED) $(subst .build/san,.build/cov,$(POOLED))

# One change at a time in the code, and whether a test notices: N=, SEED=, FILES= (tests/mutants).
mutants: deps-test
	@[ -e .build/coverage/files ] || $(MAKE) coverage
	@CC='$(CC)' N='$(N)' SEED='$(SEED)' FILES='$(FILES)' tests/mutants

# Hours, not minutes: thousands of random batches, a hundred runs of each accident and kill; and what is really large.
SOAK := $(patsubst %,.build/san/tests/%,edit/test_random edit/test_accident screen/test_journal screen/tool_large)
soak: deps-test
	@$(MAKE) -j2 test-build .build/release/nixie
	@status=0; NIXIE_RUNS=100 NIXIE_LIMIT=14400 tests/run $(SOAK) || status=$$?; \
	  sed -n 's/^large: /  /p' .build/tests/screen-tool_large.log; exit $$status
	@tests/run $(POOLED_ALL)
	@tests/versions all $(TESTS)

# Minutes: loads 10,000,000 rows, and prints times beside those of psql and libpq (NIXIE_BENCH_ROWS for fewer).
bench: deps-test
	@$(MAKE) -j2 .build/release/nixie .build/plain/tests/bench/tool_bench
	@.build/plain/tests/bench/tool_bench .build/release/nixie

# Damaged inputs for everything that reads what others have written, a minute for each (NIXIE_FUZZ_SECONDS, NIXIE_FUZZ_SEED).
fuzz: deps-test
	@$(MAKE) -j2 .build/san/tests/fuzz/tool_fuzz
	@.build/san/tests/fuzz/tool_fuzz

screenshots: deps-screenshots
	@$(MAKE) -j2 .build/release/nixie .build/plain/tests/screen/tool_screenshots
	@.build/plain/tests/screen/tool_screenshots .build/release/nixie screenshots

lint: deps-lint
	@tests/lint

LINT_OBJ := $(patsubst %.c,%.o,$(ENGINE_SRC) $(UI_SRC) $(LAB_SRC) $(TOOL_SRC) $(TEST_SRC))
lint-gcc lint-clang: lint-%: $(foreach o,$(LINT_OBJ),.build/lint-%/$(o))

install: .build/release/nixie
	install -d $(DESTDIR)$(bindir)
	install -m 755 .build/release/nixie $(DESTDIR)$(bindir)/nixie
	.build/release/nixie --man >.build/nixie.1
	install -d $(DESTDIR)$(mandir)/man1
	install -m 644 .build/nixie.1 $(DESTDIR)$(mandir)/man1/nixie.1

uninstall:
	rm -f $(DESTDIR)$(bindir)/nixie $(DESTDIR)$(mandir)/man1/nixie.1

clean:
	rm -rf .build
