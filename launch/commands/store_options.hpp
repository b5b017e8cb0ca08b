#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "io/store/clip_store.hpp"
#include "io/store/store_writer.hpp"
#include "launch/command.hpp"
#include "src/settings/options.hpp"

namespace sslslr {

/// The storage layout of a store's landmarks.
struct LayoutOptions {
    std::string dtype = "auto";
    std::string compress = "none";
    std::int64_t chunk_frames = 0;
};

/// Declares --dtype, --compress and --chunk-frames; `fields` must outlive `options`.
void declare(Options& options, LayoutOptions& fields);

/// @param is_float16  what --dtype auto selects: true if float16 holds all values that are written
/// @throws ConfigError  an option is out of range, or chunks are too large for these clips
io::StoreLayout layout_of(const LayoutOptions& options, bool is_float16, const io::ClipIndex& index);

/// The output file of a command.
struct OutputOptions {
    std::string output;
    bool force = false;
};

/// Declares --output and --force; `fields` must outlive `options`.
void declare(Options& options, OutputOptions& fields);

/// Throws ConfigError if `output` is empty, or if the file exists and `force` is false.
void refuse_existing(const std::string& output, bool force);

/// Records in a store's attributes what wrote it: `written_by` (program and version) and `command`.
void sign(std::map<std::string, std::string>& attributes, const std::string& command, Arguments arguments);

/// Makes the names of clips unique if clips of several stores have the same name, and prints a note if there
/// are any.
/// @param index  index of the selected `clips` of `store`; its names are changed
void separate_names(io::ClipIndex& index, const io::ClipStore& store, const std::vector<std::int64_t>& clips);

/// Writes a store, shows progress and prints a summary. Not collective.
/// @throws io::DataError  the source is damaged, or the file cannot be written
void write_and_tell(const std::filesystem::path& path, const io::ClipIndex& index,
                    const io::ClipSource& landmarks, const io::StoreLayout& layout);

}  // namespace sslslr
