package chart

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// Fonts are fonts for characters that the program's own fonts do not have, such as Chinese
// ones. They may be used by several goroutines.
type Fonts struct {
	files func() []string // in the order in which they are tried

	mu     sync.Mutex
	listed bool
	left   []string // files that were not opened yet
	opened []*opentype.Font
	known  map[rune]*opentype.Font // nil: none has it
	buf    sfnt.Buffer
}

// SystemFonts returns the fonts of this machine that are known to have many characters.
// They are looked for when the first one is needed.
var SystemFonts = sync.OnceValue(func() *Fonts { return &Fonts{files: systemFiles} })

// FontFiles returns fonts from files (.ttf, .otf, .ttc); none of them is opened yet.
func FontFiles(paths ...string) *Fonts {
	return &Fonts{files: func() []string { return paths }}
}

// OpenFont returns the fonts of a file, which has to be one.
func OpenFont(path string) (*Fonts, error) {
	f, err := readFont(path)
	if err != nil {
		return nil, fmt.Errorf("open the font %s: %w", path, err)
	}
	return &Fonts{files: func() []string { return nil }, opened: []*opentype.Font{f}}, nil
}

// with returns a font that has a character, nil if there is none.
func (f *Fonts) with(r rune) *opentype.Font {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.listed {
		f.left, f.listed, f.known = f.files(), true, map[rune]*opentype.Font{}
	}
	if font, ok := f.known[r]; ok {
		return font
	}
	for _, font := range f.opened {
		if i, err := font.GlyphIndex(&f.buf, r); err == nil && i != 0 {
			f.known[r] = font
			return font
		}
	}
	for len(f.left) > 0 {
		path := f.left[0]
		f.left = f.left[1:]
		font, err := readFont(path)
		if err != nil {
			continue // it may be of a kind that is not read here; the next one may do
		}
		f.opened = append(f.opened, font)
		if i, err := font.GlyphIndex(&f.buf, r); err == nil && i != 0 {
			f.known[r] = font
			return font
		}
	}
	f.known[r] = nil
	return nil
}

// maxFont bounds what is read of a font. The largest of the usual ones has 30 MB.
const maxFont = 80 << 20

// readFont reads a font, of a collection the one for simplified Chinese if there is one.
func readFont(path string) (font *opentype.Font, err error) {
	defer func() {
		if p := recover(); p != nil { // the parser is not ours, and fonts are strangers' files
			err = fmt.Errorf("it cannot be read: %v", p)
		}
	}()
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, errors.New("it is no file"))
	}
	data, err := io.ReadAll(io.LimitReader(file, maxFont+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFont {
		return nil, fmt.Errorf("it has more than %d bytes", maxFont)
	}
	list, err := opentype.ParseCollection(data)
	if err != nil {
		return nil, err
	}
	var buf sfnt.Buffer
	for i := range list.NumFonts() {
		f, err := list.Font(i)
		if err != nil {
			continue
		}
		name, _ := f.Name(&buf, sfnt.NameIDFamily)
		if font == nil || strings.HasSuffix(name, " SC") && !strings.Contains(name, "Mono") {
			font = f
		}
		if strings.HasSuffix(name, " SC") {
			break
		}
	}
	if font == nil {
		return nil, errors.New("it has no font")
	}
	if i, err := font.GlyphIndex(&buf, '中'); err == nil && i != 0 { // outlines, not bitmaps
		if _, err := font.LoadGlyph(&buf, i, 1<<16, nil); err != nil {
			return nil, err
		}
	}
	return font, nil
}

// wanted are the beginnings of the names of font files with many characters, without
// blanks, "-" and "_" and in lower case, the best ones first.
var wanted = []string{
	"notosanscjk", "notosanssc", "sourcehansans", "droidsansfallback", "pingfang", "hiraginosansgb", "stheiti", "msyh", "simhei", "deng", "simsun",
	"notoserifcjk", "notoserifsc", "arplumingcn", "ukai", "uming", "arialunicode", "notosansjp", "notosanskr", "notosanstc", "malgun", "yugoth", "meiryo",
	"dejavusans.", "freesans.", "notosansregular", "notosanssymbols", "symbola", "unifont",
}

// systemFiles lists the files of such fonts in the folders where systems keep fonts.
func systemFiles() []string {
	home, _ := os.UserHomeDir()
	folders := []string{"/usr/share/fonts", "/usr/local/share/fonts", "/opt/local/share/fonts"}
	switch runtime.GOOS {
	case "darwin":
		folders = []string{"/System/Library/Fonts", "/Library/Fonts", "/System/Library/AssetsV2"}
	case "windows":
		folders = []string{filepath.Join(os.Getenv("WINDIR"), "Fonts")}
	}
	if home != "" {
		folders = append(folders, filepath.Join(home, ".local/share/fonts"), filepath.Join(home, ".fonts"), filepath.Join(home, "Library/Fonts"))
	}
	if data := os.Getenv("XDG_DATA_HOME"); data != "" {
		folders = append(folders, filepath.Join(data, "fonts"))
	}
	type found struct {
		path string
		rank int
	}
	var list []found
	seen := 0
	for _, folder := range folders {
		filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
			if seen++; err != nil || e.IsDir() {
				if seen > 50_000 {
					return fs.SkipAll
				}
				return nil
			}
			if rank := rankOf(e.Name()); rank >= 0 {
				list = append(list, found{path, rank})
			}
			return nil
		})
	}
	slices.SortStableFunc(list, func(a, b found) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		return strings.Compare(a.path, b.path)
	})
	paths := make([]string, len(list))
	for i := range list {
		paths[i] = list[i].path
	}
	return paths
}

// rankOf says how early a font file is tried, -1 for never.
func rankOf(name string) int {
	name = strings.ToLower(name)
	switch filepath.Ext(name) {
	case ".ttf", ".ttc", ".otf":
	default:
		return -1
	}
	name = strings.NewReplacer("-", "", "_", "", " ", "").Replace(name)
	for i, w := range wanted {
		if strings.HasPrefix(name, w) {
			rank := 2 * i
			for _, weight := range []string{"bold", "black", "heavy", "light", "thin", "medium", "italic", "oblique"} {
				if strings.Contains(name, weight) {
					return rank + 1
				}
			}
			return rank
		}
	}
	return -1
}

// InstallHint says what to install where characters are missing.
func InstallHint() string {
	switch runtime.GOOS {
	case "darwin":
		return "install a font that has them, such as Noto Sans CJK SC, with Font Book"
	case "windows":
		return "install a font that has them, such as Noto Sans SC"
	}
	return "install a font that has them, such as fonts-noto-cjk (Debian, Ubuntu), google-noto-sans-cjk-fonts (Fedora) or noto-fonts-cjk (Arch)"
}
