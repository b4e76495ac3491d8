// Package symbols has the tables of the standard library: what each package exports, and
// structs that implement its interfaces. All other files are made by generate.go.
package symbols

import (
	"reflect"
	"sync"
)

//go:generate go run generate.go archive/tar archive/zip bufio bytes compress/flate compress/gzip compress/zlib container/heap container/list container/ring context crypto/aes crypto/cipher crypto/hmac crypto/md5 crypto/rand crypto/sha1 crypto/sha256 crypto/sha512 encoding encoding/base32 encoding/base64 encoding/binary encoding/csv encoding/hex encoding/json errors fmt hash hash/adler32 hash/crc32 hash/crc64 hash/fnv hash/maphash html image image/color image/draw image/gif image/jpeg image/png index/suffixarray io io/fs io/ioutil log math math/big math/bits math/cmplx math/rand math/rand/v2 mime net/netip net/url os path path/filepath reflect regexp regexp/syntax runtime sort strconv strings sync sync/atomic text/scanner text/tabwriter time unicode unicode/utf16 unicode/utf8

// tables make those of each package.
var tables = map[string]func() map[string]reflect.Value{}

var (
	lock sync.Mutex
	made = map[string]map[string]reflect.Value{}
)

// Of returns the symbols of a package by name, or nil if there is no table. Functions and
// constants are themselves, variables are addressable, types are nil pointers to them, and
// _I is the type of a struct that implements the interface I.
func Of(path string) map[string]reflect.Value {
	lock.Lock()
	defer lock.Unlock()
	if t := made[path]; t != nil {
		return t
	}
	make := tables[path]
	if make == nil {
		return nil
	}
	t := make()
	made[path] = t
	return t
}
