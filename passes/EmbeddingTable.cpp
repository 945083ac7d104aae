//===- EmbeddingTable.cpp - a parameter as the table of embeddings ---------===//

#include "passes/EmbeddingTable.h"

using namespace mlir;
using namespace trimod;

std::string trimod::getScaleKey(StringRef key) { return (key + ".scale").str(); }

EmbeddingTable::EmbeddingTable(ModuleOp module, ParameterOp parameter) : parameter(parameter) {
  module.walk([&](GetParameterOp read) {
    if (read.getName() == parameter.getSymName())
      follow(read, read.getValue());
  });
}

void EmbeddingTable::follow(GetParameterOp read, Value table) {
  values.push_back(table);
  for (OpOperand &use : table.getUses()) {
    Operation *user = use.getOwner();
    if (auto cast = dyn_cast<tensor::CastOp>(user))
      follow(read, cast.getResult());
    else if (auto embedding = dyn_cast<EmbeddingOp>(user);
             embedding && embedding.getTable() == table)
      embeddings.push_back({read, embedding});
    else if (!otherReader)
      otherReader = user;
  }
}

static RankedTensorType withElement(Type type, Type element) {
  return cast<RankedTensorType>(type).clone(element);
}

void EmbeddingTable::setElementType(Type element) {
  parameter.setTypeAttr(TypeAttr::get(withElement(parameter.getType(), element)));
  for (Value value : values)
    value.setType(withElement(value.getType(), element));
}

void EmbeddingTable::setScaledRows(int64_t rows) {
  SymbolTable symbols(parameter->getParentOfType<ModuleOp>());
  OpBuilder builder(parameter->getContext());
  builder.setInsertionPointAfter(parameter);
  auto type = RankedTensorType::get({rows}, builder.getF32Type());
  auto scales = ParameterOp::create(
      builder, parameter.getLoc(), builder.getStringAttr(parameter.getSymName() + "_scale"),
      builder.getStringAttr(getScaleKey(parameter.getKey())), TypeAttr::get(type));
  symbols.insert(scales);
  setElementType(builder.getI8Type());
  GetParameterOp last;
  Value read;
  for (auto [table, embedding] : embeddings) {
    if (table != last) {
      builder.setInsertionPointAfter(table);
      read = GetParameterOp::create(builder, table.getLoc(), type, scales.getSymName());
      last = table;
    }
    embedding.getScalesMutable().assign(read);
  }
}
