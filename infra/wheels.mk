# What both build Makefiles (functions/ and infra/numeric/) share: installing pinned wheels for
# Lambda's platform, whatever machine this runs on.
#
# SAM hands a Makefile only ARTIFACTS_DIR, nothing of the template. So these two repeat the
# template's defaults; set them in the environment when you deploy other values:
#
#   LAMBDA_RUNTIME=python3.12 LAMBDA_ARCHITECTURE=x86_64 sam build
#   sam deploy --parameter-overrides Runtime=python3.12 Architecture=x86_64 ...
#
# `make build` fails when the defaults here and there differ.
LAMBDA_RUNTIME ?= python3.13
LAMBDA_ARCHITECTURE ?= arm64

# Any Python with pip will do; it runs on this machine and never executes what it installs.
LAMBDA_BUILD_PYTHON ?= python3

here := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
machine := $(patsubst arm64,aarch64,$(LAMBDA_ARCHITECTURE))

# Lambda's Python 3.12 and newer run on Amazon Linux 2023, whose glibc is 2.34; pip takes the
# platforms it is given literally, so each older glibc is named too.
platforms := manylinux2014_$(machine) $(foreach minor,$(shell seq 17 34),manylinux_2_$(minor)_$(machine))

# $(call install_wheels,FOLDER). --no-deps: the requirements are complete, as hashes demand anyway.
define install_wheels
@echo "wheels: installing for $(LAMBDA_RUNTIME) on $(LAMBDA_ARCHITECTURE)"
@$(LAMBDA_BUILD_PYTHON) -m pip install --quiet --disable-pip-version-check --no-input \
	--require-hashes --no-deps --only-binary=:all: --no-compile \
	--implementation cp --python-version $(patsubst python%,%,$(LAMBDA_RUNTIME)) \
	$(addprefix --platform ,$(platforms)) --requirement requirements.txt --target "$(1)"
endef

# $(call compile_bytecode,FOLDER,WHERE LAMBDA MOUNTS IT). Bytecode halves a cold start; without an
# interpreter of the runtime's version this says so and goes on.
define compile_bytecode
@$(LAMBDA_BUILD_PYTHON) "$(here)/bytecode.py" "$(1)" --mounted-at "$(2)" --runtime "$(LAMBDA_RUNTIME)"
endef
