#pragma once

#include <map>
#include <string>
#include <vector>

#include "io/corpus/open_corpus.hpp"
#include "launch/command.hpp"
#include "launch/commands/store_options.hpp"
#include "src/settings/options.hpp"

namespace sslslr {

/// Options of all commands that import a corpus into a store.
struct ImportOptions {
    std::string input;
    OutputOptions output;
    std::string metadata;
    std::string metadata_kind = "auto";
    bool cut = true;
    std::int64_t coordinates = 2;
    std::string source;
    std::string licence;
    std::string language;
    double fps = 0;
    std::string signer;
    bool trim = false;
    bool strict = false;
    LayoutOptions layout{.dtype = "float16"};
};

/// Declares all options except those for output and layout; `fields` must outlive `options`.
void declare(Options& options, ImportOptions& fields);

/// Returns the store's provenance: the command and version that created it, and what the options say about
/// the corpus.
std::map<std::string, std::string> provenance(const ImportOptions& fields, Arguments arguments,
                                              const std::string& command);

/// Returns the command line that starts the Python reader of a format. The interpreter is that of the source
/// tree's .venv-import (for openhands .venv suffices), or SSLSLR_PYTHON.
std::vector<std::string> python_reader(const std::string& format, const std::string& input,
                                       const std::vector<std::string>& options = {});

/// Imports the corpus, shows progress and prints a summary. Collective.
/// @param most_clips_per_piece  most clips that each rank may lose by an interruption
/// @return an ExitCode
int run_import(const io::CorpusOptions& corpus, const ImportOptions& fields, const Options& options,
               std::int64_t most_clips_per_piece, std::map<std::string, std::string> attributes,
               const Ranks& ranks);

}  // namespace sslslr
