#!/bin/sh
# Takes out of a virtual environment what no running bot needs: a third of its weight.  usage: slim.sh FOLDER
# deploy/tried.py, run after it, says whether too much went.
set -eu

cd "$1"/lib/python*/site-packages
# Tests of the packages, and data to try matplotlib with.
find . -type d \( -name tests -o -name sample_data \) -prune -exec rm -rf {} +
# For those who write or compile against them: types and headers; and libraries for Windows.
find . -type f \( -name '*.pyi' -o -name '*.pxd' -o -name '*.pyx' -o -name '*.c' -o -name '*.h' -o -name '*.a' \
    -o -name '*.dll' \) -delete
# fontTools has each compiled module in Python, too; matplotlib asks it for one table of names.
find fontTools -type f -name '*.so' -delete
# A format of images that no chart is in, with its codec.
rm -f PIL/_avif*.so pillow.libs/libavif-*
# The folders that are called *.libs hold libraries that were changed after linking; stripping may break those.
find . -type f -name '*.so' ! -path './*.libs/*' -exec strip --strip-unneeded {} +
