#pragma once

#include <map>
#include <string>
#include <vector>

#include "io/corpus/open_corpus.hpp"
#include "launch/command.hpp"
#include "launch/commands/store_options.hpp"
#include "src/settings/options.hpp"

namespace sslslr {

/// What every command that makes a store of a corpus asks for.
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

/// Declares all but output and layout; `fields` must outlive `options`.
void declare(Options& options, ImportOptions& fields);

/// The store's provenance: how it was made, by which release, and what the options say of the corpus.
std::map<std::string, std::string> provenance(const ImportOptions& fields, Arguments arguments,
                                              const std::string& command);

/// The command line of the Python reader of a format. Its environment is the source tree's .venv-import, or
/// what SSLSLR_PYTHON names.
std::vector<std::string> python_reader(const std::string& format, const std::string& input,
                                       const std::vector<std::string>& options = {});

/// Imports, shows progress and says what became of it. Collective.
/// @param most_clips_per_piece  what an interruption may cost each rank
/// @return an ExitCode
int run_import(const io::CorpusOptions& corpus, const ImportOptions& fields, const Options& options,
               std::int64_t most_clips_per_piece, std::map<std::string, std::string> attributes,
               const Ranks& ranks);

}  // namespace sslslr
