#include "launch/commands/store_options.hpp"

#include <cctype>
#include <chrono>

#include <fmt/format.h>

#include "io/file/counted.hpp"
#include "io/file/utf8.hpp"
#include "io/store/shared_names.hpp"
#include "launch/terminal.hpp"
#include "src/errors.hpp"
#include "src/settings/program.hpp"

namespace sslslr {
namespace {

constexpr double bytes_a_megabyte = 1e6;

}  // namespace

void declare(Options& options, LayoutOptions& o) {
    options.section("Layout of the store");
    options.add(
        "dtype", o.dtype,
        "type of the stored landmarks: float16 (rounded to nearest, ties to even), float32, or auto (float32 "
        "only if float16 cannot represent the input)");
    options.add("compress", o.compress,
                "deflate level, 0 to 9, with byte shuffle: a smaller file, decoded each time it is opened; "
                "none: uncompressed and memory-mapped",
                Decides::nothing);
    options.add("chunk-frames", o.chunk_frames,
                "with --compress: frames per compressed chunk (0: 1 MiB of frames)", Decides::nothing);
}

io::StoreLayout layout_of(const LayoutOptions& options, bool is_float16, const io::ClipIndex& index) {
    io::StoreLayout layout{.is_float16 = is_float16};
    if (options.dtype != "auto") {
        layout.is_float16 = options.dtype == "float16";
        if (!layout.is_float16 && options.dtype != "float32") {
            throw ConfigError{fmt::format("--dtype {}: expected float16, float32 or auto", options.dtype)};
        }
    }
    layout.is_compressed = options.compress != "none";
    if (layout.is_compressed) {
        const bool is_digit = options.compress.size() == 1 &&
                              std::isdigit(static_cast<unsigned char>(options.compress[0])) != 0;
        if (!is_digit) {
            throw ConfigError{
                fmt::format("--compress {}: expected none or a level from 0 to 9", options.compress)};
        }
        layout.level = options.compress[0] - '0';
    }
    if (options.chunk_frames != 0 && !layout.is_compressed) {
        throw ConfigError{
            "--chunk-frames belongs to --compress; an uncompressed store has no chunks: leave it out"};
    }
    layout.chunk_frames = options.chunk_frames;
    if (const auto problem = problem_of(layout, index); !problem.empty()) {
        throw ConfigError{"--chunk-frames: " + problem};
    }
    return layout;
}

void declare(Options& options, OutputOptions& o) {
    options.add("output", o.output, "clip store to write", Decides::nothing);
    options.add("force", o.force, "replaces an existing file", Decides::nothing);
}

void refuse_existing(const std::string& output, bool force) {
    if (output.empty()) {
        throw ConfigError{"--output FILE.h5 is missing: the store is written to it"};
    }
    if (std::filesystem::is_directory(output) || output.ends_with('/')) {
        throw ConfigError{"--output " + output +
                          ": a folder, but a file is needed: name one in it, such as " +
                          (std::filesystem::path{output} / "NAME.h5").string()};
    }
    if (!force && std::filesystem::exists(output)) {
        throw ConfigError{"--output " + output + ": there is a file of that name; --force replaces it"};
    }
}

void sign(std::map<std::string, std::string>& attributes, const std::string& command, Arguments arguments) {
    auto line = "sslslr " + command;
    for (const auto& argument : arguments) {
        line += ' ';
        line += io::quoted(argument);
    }
    attributes["command"] = line;
    attributes["written_by"] = "sslslr " + program_version();
}

void separate_names(io::ClipIndex& index, const io::ClipStore& store,
                    const std::vector<std::int64_t>& clips) {
    if (const auto renamed = io::separate_shared_names(index, store, clips); renamed > 0) {
        fmt::print(
            "{} with names that occur in several stores: each is prefixed with the name of its store\n",
            io::counted(renamed, "clip"));
    }
}

void write_and_tell(const std::filesystem::path& path, const io::ClipIndex& index,
                    const io::ClipSource& landmarks, const io::StoreLayout& layout) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    CountProgress progress{true, "clips"};
    io::write_store(
        path, index,
        [&](std::int64_t clip, std::span<float> out) {
            landmarks(clip, out);
            progress.show(clip + 1, index.clips());
        },
        layout);
    progress.end();
    const std::chrono::duration<double> passed = Clock::now() - start;
    fmt::print("{}: {} of {}, {} points, {}, {}, {:.1f} MB, {:.1f} s\n", path.string(),
               io::counted(index.clips(), "clip"), io::counted(index.frames(), "frame"),
               index.point_names.size(), layout.is_float16 ? "float16" : "float32",
               layout.is_compressed ? fmt::format("deflate {}", layout.level) : "uncompressed",
               static_cast<double>(std::filesystem::file_size(path)) / bytes_a_megabyte, passed.count());
}

}  // namespace sslslr
