"""The taggers that can be trained, by the name of their folder beside this one's parent."""

from lstm_taggers import BiLSTMCRF, CnnBiLSTMCRF
from model import TriMod

ARCHITECTURES = {"trimod": TriMod, "bilstm_crf": BiLSTMCRF, "cnn_bilstm_crf": CnnBiLSTMCRF}
