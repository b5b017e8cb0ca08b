#include "launch/commands/import_options.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "io/corpus/metadata.hpp"
#include "io/corpus/nearby_root.hpp"
#include "io/corpus/point_order.hpp"
#include "io/file/checksum.hpp"
#include "io/file/counted.hpp"
#include "io/file/data_error.hpp"
#include "io/file/json_text.hpp"
#include "io/file/posix_file.hpp"
#include "io/file/setting.hpp"
#include "io/file/utf8.hpp"
#include "launch/terminal.hpp"
#include "src/errors.hpp"
#include "src/import/import_job.hpp"
#include "src/run/stop_request.hpp"
#include "src/settings/ini_file.hpp"
#include "src/settings/program.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_examples = 5;

/// Rewrites the settings named in the summary's texts as command-line options.
ImportSummary as_options(ImportSummary summary) {
    for (auto& each : summary.left_out) {
        each.reason = io::as_options(each.reason);
    }
    std::ranges::transform(summary.notes, summary.notes.begin(), io::as_options);
    decltype(summary.repairs) repairs;
    for (const auto& [repair, clips] : summary.repairs) {
        repairs[io::as_options(repair)] += clips;
    }
    summary.repairs = std::move(repairs);
    return summary;
}

/// Returns a hash of the Python readers, which the code identity does not include because they are loaded at
/// run time.
std::string hash_of_readers() {
    std::set<fs::path> files;
    const auto folder = file_of_program("io/corpus/python/corpus_server.py").parent_path();
    for (const auto& entry : fs::directory_iterator{folder}) {
        if (entry.path().extension() == ".py") {
            files.insert(entry.path());
        }
    }
    std::string text;
    for (const auto& file : files) {
        text += io::hash_text(read_text(file.string(), file.string()));
    }
    return io::hash_text(text);
}

/// Returns the settings that affect the landmarks and frames of clips, apart from the files of the corpus.
std::string settings_of(const io::CorpusOptions& corpus, const Options& options) {
    return fmt::format("code = {}\ninput = {}\n{}{}", code_identity(),
                       fs::weakly_canonical(corpus.input).string(), text_of(options.deciding()),
                       corpus.program.empty() ? "" : "readers = " + hash_of_readers() + '\n');
}

nlohmann::json to_json(const ImportSummary& summary) {
    nlohmann::json left_out = nlohmann::json::array();
    for (const auto& each : summary.left_out) {
        left_out.push_back({{"clip", each.clip}, {"reason", each.reason}});
    }
    return {{"clips", summary.clips},
            {"frames", summary.frames},
            {"clips_without_frames", summary.clips_without_frames},
            {"clips_without_hands", summary.clips_without_hands},
            {"clips_without_shoulders", summary.clips_without_shoulders},
            {"clips_trimmed", summary.clips_trimmed},
            {"frames_trimmed", summary.frames_trimmed},
            {"labels", summary.labels},
            {"unlabelled", summary.unlabelled},
            {"signers", summary.signers},
            {"splits", summary.splits},
            {"absent_points", summary.absent_points},
            {"left_out", left_out},
            {"repairs", summary.repairs},
            {"notes", summary.notes}};
}

void print_counts(const ImportSummary& summary, const std::string& output, double seconds) {
    fmt::print("{}: {}, {}, {}, {}", output, io::counted(summary.clips, "clip"),
               io::counted(summary.frames, "frame"), io::counted(summary.labels, "label"),
               io::counted(summary.signers, "signer"));
    fmt::print("; {} ({:.0f} clips/s)\n", clock_text(seconds),
               static_cast<double>(std::max<std::int64_t>(
                   summary.clips + std::ssize(summary.left_out) - summary.found_done, 0)) /
                   std::max(seconds, 1e-3));
    if (!summary.splits.empty()) {
        std::vector<std::string> splits;
        for (const auto& [name, clips] : summary.splits) {
            splits.push_back(fmt::format("{} {}", name, clips));
        }
        fmt::print("splits: {}\n", fmt::join(splits, ", "));
    }
}

void print_trimming(const ImportSummary& summary) {
    fmt::print(
        "trimmed to the first and last frame with a hand: {}, {} removed in total; "
        "clips without a hand are not trimmed\n",
        io::counted(summary.clips_trimmed, "clip"), io::counted(summary.frames_trimmed, "frame"));
}

void print_facts(const ImportSummary& summary, bool trims) {
    const auto tell = [](std::int64_t clips, const char* what) {
        if (clips > 0) {
            fmt::print("{} {}\n", io::counted(clips, "clip"), what);
        }
    };
    tell(summary.found_done, "taken from an earlier import that was interrupted or wrote no store");
    tell(summary.unlabelled, "without a label");
    tell(summary.clips_without_frames, "without frames: kept, but skipped in training");
    tell(summary.clips_without_hands, "in which no hand was detected");
    if (trims) {
        print_trimming(summary);
    }
    if (summary.clips_without_shoulders > 0) {
        fmt::print(
            "warning: {} with hands but no shoulders: training centres them on the hands and scales "
            "them by the palm (wrist to middle finger), and all others by the shoulders\n",
            io::counted(summary.clips_without_shoulders, "clip"));
    }
    if (const auto absent = summary.absent_points.size(); absent > 0) {
        fmt::print("{} of {} points are detected in no clip: {}{}\n", absent, io::import_points,
                   fmt::join(summary.absent_points.begin(),
                             summary.absent_points.begin() +
                                 static_cast<std::ptrdiff_t>(std::min(absent, most_examples)),
                             ", "),
                   absent > most_examples ? ", ..." : "");
    }
    for (const auto& [repair, clips] : summary.repairs) {
        fmt::print("{}: {}\n", io::counted(clips, "clip"), repair);
    }
    for (const auto& note : summary.notes) {
        fmt::print("{}\n", io::printable(note));
    }
}

void print_left_out(const ImportSummary& summary, const std::string& file) {
    if (summary.left_out.empty()) {
        return;
    }
    fmt::print("{} left out (full list: {}):\n", io::counted(std::ssize(summary.left_out), "clip"), file);
    for (std::size_t i = 0; i < std::min(most_examples, summary.left_out.size()); ++i) {
        fmt::print("  {}\n", io::printable(summary.left_out[i].reason));
    }
}

/// Writes the summary to a file next to the store, for scripts and for looking up later what was left out.
void write_summary(const std::string& path, const ImportSummary& summary) {
    io::write_text(path, io::json_text(to_json(summary), 2) + '\n');
}

/// Returns the part of the store's index that choosing a layout requires.
io::ClipIndex points_alone(std::int64_t coordinates) {
    io::ClipIndex index;
    index.offsets = {0};
    index.point_names = io::holistic_point_names();
    index.coordinates = coordinates;
    return index;
}

/// Returns the size of pieces: enough pieces for many ranks, but so few that syncing them is fast. It depends
/// only on the corpus, so that an import can be resumed on any number of ranks.
std::int64_t clips_per_piece(const io::Listing& listing, std::int64_t most) {
    constexpr std::int64_t pieces = 128;
    constexpr std::int64_t least = 16;
    return std::clamp(static_cast<std::int64_t>(listing.clips.size()) / pieces, std::min(least, most), most);
}

/// Rejects --signer for a corpus that names other signers.
void refuse_other_signers(const io::Listing& listing, const std::string& signer) {
    for (const auto& clip : listing.clips) {
        if (!signer.empty() && !clip.signer.empty() && clip.signer != signer) {
            throw ConfigError{
                fmt::format("--signer {}: expected a corpus that names no other signer, "
                            "found {} for clip {}; leave --signer out",
                            signer, clip.signer, clip.name)};
        }
    }
}

}  // namespace

void declare(Options& options, ImportOptions& o) {
    options.add("input", o.input, "folder or file of the corpus", Decides::nothing);
    options.add(
        "metadata", o.metadata,
        "file or folder with labels, signers and splits of the clips: that of LSFB, LSA64, GSL, ASL "
        "Citizen or WLASL (also nslt_*.json), or a CSV with a column clip (or id, name, file, path, video) "
        "and any of label, signer, split, fps; an empty label means no label",
        Decides::nothing);
    options.add("metadata-kind", o.metadata_kind,
                fmt::format("format of --metadata: auto, {}", fmt::join(io::metadata_kinds(), ", ")),
                Decides::nothing);
    options.add("cut", o.cut, "cuts clips to the first and last frame given in the metadata (WLASL)",
                Decides::nothing);
    options.add("coordinates", o.coordinates,
                "per point: 2 (x, y) or 3 (x, y, z; MediaPipe's z is unreliable)");
    options.add("fps", o.fps, "frames per second of clips without a recorded rate (0: unknown)");
    options.add("signer", o.signer, "signer of all clips that name none, for a corpus of one person",
                Decides::nothing);
    options.add("trim", o.trim,
                "cuts each clip to its first and last frame with a hand; clips without a hand stay whole");
    options.add("source", o.source, "origin of the corpus, recorded in the store", Decides::nothing);
    options.add("licence", o.licence, "licence of the corpus, recorded in the store", Decides::nothing);
    options.add("language", o.language, "sign language of the corpus, recorded in the store",
                Decides::nothing);
    options.add("strict", o.strict, "writes no store unless every clip can be read", Decides::nothing);
}

std::map<std::string, std::string> provenance(const ImportOptions& fields, Arguments arguments,
                                              const std::string& command) {
    std::map<std::string, std::string> attributes;
    sign(attributes, command, arguments);
    const auto tell = [&](const char* name, const std::string& value) {
        if (!value.empty()) {
            attributes[name] = value;
        }
    };
    tell("source", fields.source);
    tell("licence", fields.licence);
    tell("language", fields.language);
    return attributes;
}

std::vector<std::string> python_reader(const std::string& format, const std::string& input,
                                       const std::vector<std::string>& options) {
    // OpenHands' files need only NumPy, which the environment for figures also has.
    const bool has_importers = fs::exists(python_of(".venv-import"));
    const auto* const environment = has_importers || format != "openhands" ? ".venv-import" : ".venv";
    std::vector<std::string> command{python_of(environment).string(),
                                     file_of_program("io/corpus/python/corpus_server.py").string(), format,
                                     input};
    command.insert(command.end(), options.begin(), options.end());
    return command;
}

int run_import(const io::CorpusOptions& corpus, const ImportOptions& fields, const Options& options,
               std::int64_t most_clips_per_piece, std::map<std::string, std::string> attributes,
               const Ranks& ranks) {
    if (fields.input.empty()) {
        throw ConfigError{"--input PATH is missing: the folder or file of the corpus"};
    }
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            refuse_existing(fields.output.output, fields.output.force);
        }
    });
    if (fields.layout.dtype == "auto") {
        throw ConfigError{
            "--dtype auto: expected float16 or float32, because it is chosen before the corpus is read"};
    }
    if (fields.coordinates != 2 && fields.coordinates != 3) {
        throw ConfigError{fmt::format("--coordinates {}: expected 2 or 3", fields.coordinates)};
    }
    if (!io::is_utf8(fields.signer)) {
        throw ConfigError{fmt::format("--signer {}: expected a name in UTF-8: use a UTF-8 terminal",
                                      io::shown(fields.signer))};
    }
    if (!(fields.fps >= 0 && fields.fps <= 1000)) {
        throw ConfigError{fmt::format("--fps {}: expected 0 (unknown) to 1000", fields.fps)};
    }
    std::unique_ptr<io::Corpus> opened;
    agree(ranks.world, [&] {
        try {
            opened = io::open_corpus(corpus);
            refuse_other_signers(opened->listing(), fields.signer);
        } catch (const std::invalid_argument& error) {
            throw ConfigError{error.what()};
        }
    });

    const ImportConfig config{.output = fields.output.output,
                              .settings = settings_of(corpus, options),
                              .coordinates = fields.coordinates,
                              .layout = layout_of(fields.layout, true, points_alone(fields.coordinates)),
                              .attributes = std::move(attributes),
                              .fps = fields.fps,
                              .signer = fields.signer,
                              .trims = fields.trim,
                              .clips_per_piece = clips_per_piece(opened->listing(), most_clips_per_piece),
                              .strict = fields.strict,
                              .discards_others = fields.output.force};
    catch_stop_signals();
    const auto start = std::chrono::steady_clock::now();
    CountProgress progress{ranks.is_first(), "clips"};
    const auto summary = as_options(
        import_corpus(*opened, config, ranks.world,
                      {.progress = [&](std::int64_t done, std::int64_t all) { progress.show(done, all); },
                       .stop_requested = stop_requested,
                       .advice = [&] { return io::advice_on_root(corpus); }}));
    progress.end();
    if (summary.is_stopped) {
        if (ranks.is_first()) {
            fmt::print("stopped on request; the same command resumes from {}.pieces\n", fields.output.output);
        }
        return exit_stopped;
    }
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            const auto file = fields.output.output + ".summary.json";
            write_summary(file, summary);
            print_counts(summary, fields.output.output,
                         std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
            print_facts(summary, fields.trim);
            print_left_out(summary, file);
        }
    });
    return exit_done;
}

}  // namespace sslslr
