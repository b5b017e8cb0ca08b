#pragma once

#include <string_view>

namespace sslslr::io {

/// Whether a file or folder of this name was left by a system or a tool and is not part of a corpus: hidden
/// files (.DS_Store, ._0.npy, .ipynb_checkpoints), __MACOSX, Thumbs.db, desktop.ini, 0.npy:Zone.Identifier
/// and others. The Python readers have the same list (io/corpus/python/folder_walk.py).
bool is_system_file(std::string_view name);

}  // namespace sslslr::io
