#!/bin/sh
# Writes every generated file of the kernels again: FAMILY_avx2_amd64.s and FAMILY_stubs_amd64.go, and for
# gemm, attn and peak those with vnni in their names.
# The output depends on nothing but the generators, so a difference from what is committed is a fault.
set -eu
cd "$(dirname "$0")"
for family in ${*:-half quant gemm norm rope act attn peak prefetch}; do
	go run "./$family" -pkg "$family" \
		-out "../$family/${family}_avx2_amd64.s" -stubs "../$family/${family}_stubs_amd64.go"
	case $family in gemm | attn | peak)
		go run "./$family" -vnni -pkg "$family" \
			-out "../$family/${family}_vnni_amd64.s" -stubs "../$family/${family}_vnni_stubs_amd64.go" ;;
	esac
done
