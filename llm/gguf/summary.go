package gguf

import "fmt"

// Summary is what a list of models shows. A field that the file does not tell is zero.
type Summary struct {
	Architecture string // such as "qwen2"
	Name         string // as the model's makers call it
	FileType     string // how most weights are quantised, such as "Q4_K_M"
	License      string // such as "apache-2.0"
	Parameters   int64  // elements of all tensors
	Context      int    // tokens that the model was trained for
	Layers       int
	Bytes        int64 // of the file
}

// Summary returns the file's main facts. A key that is missing or of another type
// leaves its field zero: a list of models must not end at an odd file.
func (f *File) Summary() Summary {
	s := Summary{Bytes: f.Size}
	s.Architecture, _ = f.String("general.architecture")
	s.Name, _ = f.String("general.name")
	s.License, _ = f.String("general.license")
	if n, err := f.Uint("general.file_type"); err == nil {
		s.FileType = fileTypes[n]
		if s.FileType == "" {
			s.FileType = fmt.Sprintf("type %d", n)
		}
	}
	const most = 1 << 31 // no real model has more of either; an int holds it everywhere
	if n, err := f.Uint(s.Architecture + ".context_length"); err == nil && n < most {
		s.Context = int(n)
	}
	if n, err := f.Uint(s.Architecture + ".block_count"); err == nil && n < most {
		s.Layers = int(n)
	}
	for i := range f.tensors {
		s.Parameters += int64(f.tensors[i].Elements())
	}
	return s
}
