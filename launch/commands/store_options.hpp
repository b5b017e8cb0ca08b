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

/// How the landmarks of a store shall lie.
struct LayoutOptions {
    std::string dtype = "auto";
    std::string compress = "none";
    std::int64_t chunk_frames = 0;
};

/// Declares --dtype, --compress and --chunk-frames; `fields` must outlive `options`.
void declare(Options& options, LayoutOptions& fields);

/// @param is_float16  what "auto" means: whether float16 holds all that is written
/// @throws ConfigError  an option out of range, or chunks that are too large for these clips
io::StoreLayout layout_of(const LayoutOptions& options, bool is_float16, const io::ClipIndex& index);

/// Where a store shall go.
struct OutputOptions {
    std::string output;
    bool force = false;
};

/// Declares --output and --force; `fields` must outlive `options`.
void declare(Options& options, OutputOptions& fields);

/// Throws a ConfigError if none is named, or if there is a file of that name already, unless `force`.
void refuse_existing(const std::string& output, bool force);

/// Notes among a store's attributes who wrote it: `written_by`, program and version, and `command`.
void sign(std::map<std::string, std::string>& attributes, const std::string& command, Arguments arguments);

/// Tells clips of several stores apart that have the same name, and prints a note if there are any. `index` is that of
/// the named clips of `store`.
void separate_names(io::ClipIndex& index, const io::ClipStore& store, const std::vector<std::int64_t>& clips);

/// Writes a store and says so; tells its progress. Not collective.
/// @throws io::DataError  the source is damaged, or the file system refuses
void write_and_tell(const std::filesystem::path& path, const io::ClipIndex& index,
                    const io::ClipSource& landmarks, const io::StoreLayout& layout);

}  // namespace sslslr
